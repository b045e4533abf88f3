package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.stack.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Asks for the values that are needed and writes them, one secret after the other. */
final class SecretsForm {
    private static final int ATTEMPTS = 3;

    private final Session session;
    private final String stack;
    private final boolean skipExisting;
    private final ValueReader reader;
    private final List<Written> written = new ArrayList<>();

    /** A secret that was written. */
    record Written(String manager, SecretName secret, boolean isNew, Set<String> keys) {}

    /** What a secret is now, without its values; the type of one that is missing is the one that it gets. */
    private record Present(SecretName name, boolean isThere, String type, Set<String> keys) {}

    /**
     * A form that asks for nothing yet.
     *
     * @param stack the stack whose components need the values
     * @param skipExisting whether values that are there are not asked for
     */
    SecretsForm(Session session, String stack, boolean skipExisting) {
        this.session = session;
        this.stack = stack;
        this.skipExisting = skipExisting;
        this.reader = ContentCommand.reader(session);
    }

    /**
     * Asks and writes.
     *
     * @param needed secret to the keys that are needed of it
     * @throws UsageException if something is missing and there is no terminal, or a missing value is not given
     */
    void fill(SecretsManager manager, SortedMap<SecretName, SortedSet<String>> needed) {
        fill(manager, needed, Map.of());
    }

    /**
     * The same; a secret that is missing is made of its type, and all that the type requires is asked for.
     *
     * @param types of secrets that are missing, as far as they are known
     */
    void fill(SecretsManager manager, SortedMap<SecretName, SortedSet<String>> needed, Map<SecretName, String> types) {
        Map<Present, SortedSet<String>> plan = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        needed.forEach((name, keys) -> {
            Present present = look(manager, name, types.getOrDefault(name, Secret.ARBITRARY));
            requireAllowed(present, keys);
            keys.stream().filter(key -> !present.keys().contains(key)).forEach(key -> missing.add(title(name, key)));
            plan.put(present, present.isThere() ? keys : withRequired(present.type(), keys));
        });
        if (!session.terminal().canAsk()) {
            if (!missing.isEmpty()) {
                throw new UsageException(
                        "there is no terminal to ask on, and the secrets manager " + manager.name() + " lacks "
                                + String.join(", ", missing),
                        "'coffer secret register NAME --KEY=@FILE' and 'coffer secret update' store values without"
                                + " a terminal");
            }
            return;
        }
        plan.forEach((present, keys) -> fill(manager, present, keys));
    }

    private static Present look(SecretsManager manager, SecretName name, String type) {
        try (Secret secret = manager.getSecret(name)) {
            return new Present(
                    name, true, secret.schemaType(), Set.copyOf(secret.content().keySet()));
        } catch (NoSuchSecretException e) {
            return new Present(name, false, type, Set.of());
        }
    }

    /** Without what its type requires, a new secret would be refused after all has been typed. */
    private SortedSet<String> withRequired(String type, SortedSet<String> keys) {
        SortedSet<String> all = new TreeSet<>(keys);
        session.schemas()
                .find(type)
                .ifPresent(schema ->
                        schema.keys().stream().filter(SchemaKey::required).forEach(key -> all.add(key.name())));
        return all;
    }

    /** A typed secret may have no place for a key: nobody shall type its value in vain. */
    private void requireAllowed(Present present, SortedSet<String> keys) {
        if (present.type().equals(Secret.ARBITRARY)) {
            return;
        }
        Optional<SecretSchema> schema = session.schemas().find(present.type());
        for (String key : keys) {
            boolean isAllowed = present.keys().contains(key)
                    || schema.isEmpty()
                    || schema.get().anyKeys()
                    || schema.get().keys().stream()
                            .anyMatch(known -> known.name().equals(key));
            if (!isAllowed) {
                throw new InvalidException(
                        "a component names " + title(present.name(), key) + ", but the secret is of type "
                                + present.type() + ", which has no such key",
                        present.name().value(),
                        "'coffer schema describe " + present.type() + "' shows its keys");
            }
        }
    }

    private void fill(SecretsManager manager, Present present, SortedSet<String> keys) {
        Map<String, SecretValue> values = new LinkedHashMap<>();
        try {
            for (String key : keys) {
                ask(manager, present, key).ifPresent(value -> values.put(key, value));
            }
            if (values.isEmpty()) {
                return;
            }
            if (!present.isThere()) {
                manager.registerSecret(Secret.of(present.name(), present.type(), values));
            } else {
                manager.mergeSecret(present.name(), new SecretPatch(values, Set.of(), Optional.empty()));
            }
            written.add(new Written(manager.name(), present.name(), !present.isThere(), Set.copyOf(values.keySet())));
            session.messages()
                    .done((present.isThere() ? "updated " : "registered ") + present.name() + " in " + manager.name());
        } finally {
            ContentCommand.close(values);
        }
    }

    private Optional<SecretValue> ask(SecretsManager manager, Present present, String key) {
        boolean isThere = present.keys().contains(key);
        if (isThere && skipExisting) {
            return Optional.empty();
        }
        String label = title(present.name(), key) + " in " + manager.name() + (isThere ? " (Enter keeps it)" : "");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            SecretValue value = reader.ask(label);
            if (value.size() > 0) {
                return Optional.of(value);
            }
            value.close();
            if (isThere) {
                return Optional.empty();
            }
            session.terminal().talk("it is required\n");
        }
        throw new UsageException(title(present.name(), key) + " got no value", null);
    }

    /** A reference without its braces. */
    private static String title(SecretName secret, String key) {
        String text = new Reference(secret, key).toString();
        return text.substring(2, text.length() - 2);
    }

    /** Says what was done. */
    void report() throws IOException {
        if (!session.json()) {
            if (written.isEmpty()) {
                session.messages().done("nothing was changed; the stack " + stack + " lacks no secret");
            }
            return;
        }
        session.print(json -> {
            json.writeStartArray();
            write(json, written);
            json.writeEndArray();
        });
    }

    /** What was written so far. */
    List<Written> written() {
        return List.copyOf(written);
    }

    static void write(JsonGenerator json, List<Written> written) throws IOException {
        for (Written one : written) {
            json.writeStartObject();
            json.writeStringField("name", one.secret().value());
            json.writeStringField("secretsManager", one.manager());
            json.writeBooleanField("new", one.isNew());
            List<String> keys = new ArrayList<>(one.keys());
            Collections.sort(keys);
            Json.texts(json, "keys", keys);
            json.writeEndObject();
        }
    }
}
