package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.Coffer;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.stack.Missing;
import dev.coffer.stack.References;
import dev.coffer.stack.StackImporter;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the stack needs and the store lacks.
 *
 * @param plan what is imported
 * @param missing the references that name nothing
 * @param trouble why nobody can tell, if that is so
 */
record NeededSecrets(StackImporter.Plan plan, List<Missing> missing, Optional<String> trouble) {
    private static final String REGISTER_SCHEMA = "'coffer schema register FILE' or 'CLASS --jar FILE' adds it";

    static NeededSecrets of(Session session, StackImporter.Plan plan) {
        try {
            return new NeededSecrets(
                    plan,
                    session.coffer().missing(plan.components(), ValidationLevel.SECRET_AND_KEY_EXISTS),
                    Optional.empty());
        } catch (IntegrityException e) {
            throw e;
        } catch (CofferException e) { // of a manager that is out of reach
            return new NeededSecrets(plan, List.of(), Optional.of(e.getMessage()));
        }
    }

    /** The type that a secret had where the file was written. */
    private @Nullable String schema(String manager, SecretName secret) {
        boolean isOwn = manager.equals(own());
        String there = isOwn ? plan.file().secretsManager().name() : manager;
        return plan.file().secrets().stream()
                .filter(need -> need.manager().equals(there) && need.secret().equals(secret))
                .flatMap(need -> need.schema().stream())
                .findFirst()
                .orElse(null);
    }

    private static SortedMap<SecretName, SortedSet<String>> keys(List<Missing> missing, String manager) {
        SortedMap<SecretName, SortedSet<String>> keys = new TreeMap<>();
        missing.stream()
                .filter(one -> one.manager().equals(manager))
                .forEach(one -> keys.computeIfAbsent(one.reference().secret(), none -> new TreeSet<>())
                        .add(one.reference().key()));
        return keys;
    }

    /**
     * Refuses to start what would end halfway.
     *
     * @throws NoSuchSchemaException if secrets are missing, and one of the file is of a type that is not known here
     */
    void requireAskable(Session session) {
        trouble.ifPresent(why -> {
            throw new UsageException(
                    "whether secrets are missing cannot be told: " + why,
                    "import without --register-secrets; 'coffer stack register-secrets' asks for them later");
        });
        List<String> unknown = unknownSchemas(session);
        if (!missing.isEmpty() && !unknown.isEmpty()) {
            throw new NoSuchSchemaException(
                    "secrets of the stack are of the type " + String.join(", ", unknown)
                            + ", which is not known here; nothing was imported",
                    unknown.get(0),
                    REGISTER_SCHEMA + "; then import again");
        }
        if (!missing.isEmpty() && !session.terminal().canAsk()) {
            throw new UsageException(
                    "--register-secrets asks, and there is no terminal to ask on; nothing was imported",
                    "'coffer secret register NAME --KEY=@FILE' stores values without a terminal");
        }
    }

    /** First those of the secrets manager itself, which works with all of its values or not at all. */
    void ask(Session session, SecretsForm form) {
        fill(session, form, References.ROOT_MANAGER, missing);
        Coffer coffer = session.coffer();
        List<Missing> rest = coffer.missing(plan.components(), ValidationLevel.SECRET_AND_KEY_EXISTS);
        fill(session, form, own(), rest);
    }

    private void fill(Session session, SecretsForm form, String manager, List<Missing> all) {
        SortedMap<SecretName, SortedSet<String>> needed = keys(all, manager);
        if (!needed.isEmpty()) {
            Map<SecretName, String> types = new TreeMap<>();
            needed.keySet().forEach(secret -> {
                String type = schema(manager, secret);
                if (type != null) {
                    types.put(secret, type);
                }
            });
            try (SecretsManager open = session.coffer().secretsManager(manager)) {
                form.fill(open, needed, types);
            }
        }
    }

    /** The types of secrets, as the file has them, that are not known here. */
    List<String> unknownSchemas(Session session) {
        return plan.file().secrets().stream()
                .flatMap(need -> need.schema().stream())
                .filter(type -> !type.equals(Secret.ARBITRARY)
                        && session.schemas().find(type).isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /** What is missing, to whoever watches. */
    void list(Session session) throws IOException {
        if (missing.isEmpty()) {
            return;
        }
        session.messages().done("the store lacks:");
        Table table = new Table("SECRET", "KEY", "SCHEMA", "IN", "MISSING");
        for (Missing one : missing) {
            table.row(
                    one.reference().secret(),
                    one.reference().key(),
                    schema(one.manager(), one.reference().secret()),
                    one.manager(),
                    what(one));
        }
        StackFileText.talk(session, table);
    }

    /** Notes of what nobody sees in the list. */
    void note(Session session) {
        trouble.ifPresent(why -> session.messages().warn("whether the stack lacks secrets cannot be told: " + why));
        String own = own();
        boolean lacksItsOwn =
                missing.stream().anyMatch(one -> one.component().type().equals(ComponentType.SECRETS_MANAGER));
        if (lacksItsOwn
                && plan.file().secrets().stream()
                        .anyMatch(need -> !need.manager().equals(References.ROOT_MANAGER))) {
            session.messages().warn("what " + own + " lacks can be told once its own values are there");
        }
        for (String type : unknownSchemas(session)) {
            session.messages().warn("the schema " + type + " is not known here: " + REGISTER_SCHEMA);
        }
    }

    private String own() {
        return Objects.requireNonNull(plan.components().get(ComponentType.SECRETS_MANAGER))
                .name();
    }

    private static String what(Missing one) {
        return one.secretExists() ? "key" : "secret";
    }

    void write(JsonGenerator json) throws IOException {
        for (Missing one : missing) {
            json.writeStartObject();
            json.writeStringField("secret", one.reference().secret().value());
            json.writeStringField("key", one.reference().key());
            Json.text(json, "schema", schema(one.manager(), one.reference().secret()));
            json.writeStringField("secretsManager", one.manager());
            json.writeStringField("missing", what(one));
            json.writeEndObject();
        }
    }
}
