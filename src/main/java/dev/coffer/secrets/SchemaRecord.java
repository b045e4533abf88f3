package dev.coffer.secrets;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads schema records: their type, their keys, and instances from and to content. */
public final class SchemaRecord {
    private SchemaRecord() {}

    /**
     * The TYPE of a schema record.
     *
     * @throws InvalidException if the class is not annotated with {@link SchemaType}
     */
    public static String typeOf(Class<? extends Record> schema) {
        return SchemaGrammar.check(annotation(schema).value());
    }

    /** The sentence that describes a schema record; may be empty. */
    public static String descriptionOf(Class<? extends Record> schema) {
        return annotation(schema).description();
    }

    /**
     * The keys of a schema record, in the order of its components.
     *
     * @throws InvalidException if a component is not a {@link SecretValue}, two are one key, or a required one has a
     *     default
     */
    public static List<SchemaKey> keysOf(Class<? extends Record> schema) {
        annotation(schema);
        List<SchemaKey> keys = new ArrayList<>();
        for (RecordComponent component : schema.getRecordComponents()) {
            if (component.getType() != SecretValue.class) {
                throw notASchema(schema, "its component " + component.getName() + " is not a SecretValue");
            }
            String key = keyOf(component);
            if (keys.stream().anyMatch(other -> other.name().equals(key))) {
                throw notASchema(schema, "two of its components are the key " + key);
            }
            boolean required = !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            SchemaDefault preset = component.getAnnotation(SchemaDefault.class);
            if (required && preset != null) {
                throw notASchema(schema, "its required component " + component.getName() + " has a default");
            }
            keys.add(new SchemaKey(
                    key,
                    required,
                    Optional.ofNullable(preset).map(SchemaDefault::value),
                    preset != null && preset.only()));
        }
        return List.copyOf(keys);
    }

    static Map<String, SecretValue> contentOf(Record instance) {
        Class<? extends Record> schema = instance.getClass();
        Map<String, SecretValue> content = new LinkedHashMap<>();
        List<SchemaKey> keys = keysOf(schema);
        for (int i = 0; i < keys.size(); i++) {
            SecretValue value = read(instance, schema.getRecordComponents()[i]);
            if (value != null) {
                content.put(keys.get(i).name(), value.copy());
            } else if (keys.get(i).required()) {
                throw new InvalidException(
                        "the required key " + keys.get(i).name() + " of schema " + typeOf(schema) + " is missing",
                        null,
                        null);
            }
        }
        return content;
    }

    static <T extends Record> T instance(Class<T> schema, Secret secret) {
        List<SchemaKey> keys = keysOf(schema);
        List<String> missing = keys.stream()
                .filter(key -> key.required() && !secret.content().containsKey(key.name()))
                .map(SchemaKey::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new InvalidException(
                    "secret " + secret.name() + " does not fit schema " + typeOf(schema) + ": it lacks "
                            + String.join(", ", missing),
                    secret.name().value(),
                    null);
        }
        @Nullable Object[] values = new @Nullable Object[keys.size()];
        Class<?>[] types = new Class<?>[keys.size()];
        for (int i = 0; i < values.length; i++) {
            SecretValue value = secret.content().get(keys.get(i).name());
            values[i] = value == null ? null : value.copy();
            types[i] = SecretValue.class;
        }
        try {
            Constructor<T> constructor = schema.getDeclaredConstructor(types);
            constructor.setAccessible(true); // schema records may be nested and package-private
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw notASchema(schema, "its constructor refused the values");
        } catch (ReflectiveOperationException e) {
            throw notASchema(schema, "it cannot be constructed");
        }
    }

    private static @Nullable SecretValue read(Record instance, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return (SecretValue) component.getAccessor().invoke(instance);
        } catch (ReflectiveOperationException e) {
            throw notASchema(instance.getClass(), "its component " + component.getName() + " cannot be read");
        }
    }

    private static String keyOf(RecordComponent component) {
        return KeyGrammar.check(component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
    }

    private static SchemaType annotation(Class<? extends Record> schema) {
        SchemaType type = schema.getAnnotation(SchemaType.class);
        if (type == null) {
            throw notASchema(schema, "it is not annotated with @SchemaType");
        }
        return type;
    }

    private static InvalidException notASchema(Class<?> schema, String reason) {
        return new InvalidException(
                "the class " + schema.getName() + " is not a secret schema: " + reason, schema.getName(), null);
    }
}
