package dev.coffer.cli;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.Versioned;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer secret get}. */
@picocli.CommandLine.Command(
        name = "get",
        description = "Show a secret, or one value of it.",
        customSynopsis = "coffer secret get NAME [--key KEY] [--version N]",
        footer = {
            "",
            "With --key the value is written as it is, without a line ending unless to a terminal.",
            "",
            "Example:",
            "  coffer secret get prod/registry --key password | docker login -u app --password-stdin"
        })
final class SecretGet implements Command {
    @Parameters(paramLabel = "NAME", description = "the secret")
    private String name = "";

    @Option(names = "--key", paramLabel = "KEY", description = "show the value of this key alone")
    private @Nullable String key;

    @Option(names = "--version", paramLabel = "N", description = "show an earlier version")
    private @Nullable Long version;

    SecretGet() {}

    SecretGet(String name, @Nullable String key) {
        this.name = name;
        this.key = key;
    }

    @Override
    public void run(Session session) throws IOException {
        SecretName secretName = SecretName.of(name);
        if (version != null && version < 1) {
            throw new UsageException("versions count from 1", "see 'coffer secret history'");
        }
        try (Secret secret = version == null
                ? session.secrets().getSecret(secretName)
                : session.secrets(Versioned.class).getSecret(secretName, version)) {
            warnOfUnknownType(session, secret);
            if (session.json()) {
                Map<String, SecretValue> values = key == null ? secret.content() : Map.of(key, secret.value(key));
                printObject(session, secret, values);
            } else if (key == null) {
                printTable(session, secret);
            } else {
                printValue(session, secret.value(key));
            }
        }
    }

    private static void warnOfUnknownType(Session session, Secret secret) {
        String type = secret.schemaType();
        if (!type.equals(Secret.ARBITRARY) && !session.schemas().isKnown(type)) {
            session.messages()
                    .warn("secret " + secret.name() + " has the schema " + type
                            + ", which this coffer does not know; it is shown as it is");
        }
    }

    private static void printObject(Session session, Secret secret, Map<String, SecretValue> values)
            throws IOException {
        session.print(json -> {
            json.writeStartObject();
            json.writeStringField("name", secret.name().value());
            json.writeStringField("schema", secret.schemaType());
            Json.version(json, secret.version().orElse(null));
            Json.time(json, "created", secret.created().orElse(null));
            Json.time(json, "updated", secret.updated().orElse(null));
            json.writeObjectFieldStart("values");
            for (Map.Entry<String, SecretValue> entry : values.entrySet()) {
                Json.value(json, entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void printTable(Session session, Secret secret) throws IOException {
        Table table = new Table("KEY", "VALUE");
        secret.content().forEach((key, value) -> table.verbatim(key, value.revealText()));
        session.print(table);
    }

    private static void printValue(Session session, SecretValue value) throws IOException {
        byte[] bytes = value.revealUtf8();
        try {
            session.terminal().out().write(bytes);
            if (session.terminal().is(Terminal.Stream.OUT)) {
                session.terminal().out().write('\n');
            }
            session.terminal().out().flush();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** What was asked for. */
    @Override
    public String toString() {
        return "SecretGet(" + name + ", " + key + ", " + version + ")";
    }
}
