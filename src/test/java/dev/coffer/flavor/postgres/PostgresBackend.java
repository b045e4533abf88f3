package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.crypto.KdfParameters;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A schema of its own in the PostgreSQL server of the tests. */
final class PostgresBackend {
    static final String PASSPHRASE = "correct horse battery staple";

    private final Map<String, String> attributes;
    private final String schema = PostgresServer.newName("target");
    private final PostgresFlavor flavor = new PostgresFlavor(Clock.systemUTC(), Map.of(), KdfParameters::cheapest);

    PostgresBackend(Map<String, String> attributes) {
        this.attributes = attributes;
    }

    PostgresServer server() {
        return PostgresServer.shared();
    }

    String schema() {
        return schema;
    }

    PostgresFlavor flavor() {
        return flavor;
    }

    SecretsManager open() {
        return open("here", attributes);
    }

    SecretsManager openElsewhere() {
        return open("elsewhere", Map.of());
    }

    SecretsManager open(String component, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("user", "postgres", "schema", schema));
        if (!more.containsKey("url")) {
            all.put("url", server().url());
        }
        if (!more.containsKey("key-file")) {
            all.put("passphrase", PASSPHRASE);
        }
        all.putAll(more);
        return flavor.create(definition(component, all), SchemaCatalog.builtIn());
    }

    static ComponentDefinition definition(String component, Map<String, String> attributes) {
        return new ComponentDefinition(
                ComponentType.SECRETS_MANAGER,
                "postgres",
                component,
                UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                attributes);
    }

    /** A role that the server does not know. */
    SecretsManager openBroken() {
        return open("broken", Map.of("user", "nobody"));
    }

    byte[] rawBytesAtRest() {
        return server().everything(schema).getBytes(ISO_8859_1);
    }

    void cleanUp() {
        server().dropSchema(schema);
    }
}
