package dev.coffer.schema;

import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.SchemaRecord;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A schema and the forms that it asks of values: what a secret is held against.
 *
 * @param schema the keys
 * @param formats key to the form of its value; keys that are not in it take any value
 */
record Template(SecretSchema schema, Map<String, ? extends ValueRule> formats) {
    /** Allows any keys. */
    static final Template ARBITRARY =
            new Template(new SecretSchema(Secret.ARBITRARY, "any keys", List.of(), true), Map.of());

    static Template of(Class<? extends Record> schema) {
        List<SchemaKey> keys = new ArrayList<>(SchemaRecord.keysOf(schema));
        RecordComponent[] components = schema.getRecordComponents();
        Map<String, ValueFormat> formats = new LinkedHashMap<>();
        for (int i = 0; i < components.length; i++) {
            Holds holds = components[i].getAnnotation(Holds.class);
            if (holds != null) {
                formats.put(keys.get(i).name(), holds.value());
                keys.set(i, keys.get(i).withForm(holds.value().phrase()));
            }
        }
        return new Template(
                new SecretSchema(SchemaRecord.typeOf(schema), SchemaRecord.descriptionOf(schema), keys, false),
                formats);
    }

    /** All that keeps the secret from fitting, in phrases that end the sentence of the error; no values in them. */
    List<String> faultsOf(Secret secret) {
        List<String> missing = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(secret.content().keySet());
        List<String> wrong = new ArrayList<>();
        for (SchemaKey key : schema.keys()) {
            unknown.remove(key.name());
            SecretValue value = secret.content().get(key.name());
            if (value != null) {
                faultOf(key, value).ifPresent(wrong::add);
            } else if (key.required()) {
                missing.add(key.name());
            }
        }
        List<String> faults = new ArrayList<>();
        if (!missing.isEmpty()) {
            faults.add("it lacks " + String.join(", ", missing));
        }
        if (!unknown.isEmpty() && !schema.anyKeys()) {
            faults.add("it has the unknown " + (unknown.size() == 1 ? "key " : "keys ") + String.join(", ", unknown));
        }
        faults.addAll(wrong);
        return faults;
    }

    private Optional<String> faultOf(SchemaKey key, SecretValue value) {
        if (key.only() && key.defaultValue().isPresent()) {
            String allowed = key.defaultValue().get();
            return isText(value, allowed) ? Optional.empty() : Optional.of(key.name() + " must be '" + allowed + "'");
        }
        return Optional.<ValueRule>ofNullable(formats.get(key.name()))
                .filter(format -> !format.accepts(value))
                .map(format -> key.name() + " must be " + format.phrase());
    }

    private static boolean isText(SecretValue value, String text) {
        try (SecretValue other = SecretValue.of(text)) {
            return value.sameAs(other);
        }
    }

    /** The secret with the defaults of absent keys behind its own; the same instance if there are none. */
    Secret withDefaults(Secret secret) {
        Map<String, SecretValue> content = new LinkedHashMap<>(secret.content());
        for (SchemaKey key : schema.keys()) {
            key.defaultValue().ifPresent(text -> content.computeIfAbsent(key.name(), name -> SecretValue.of(text)));
        }
        return content.size() == secret.content().size()
                ? secret
                : Secret.of(secret.name(), secret.schemaType(), content);
    }
}
