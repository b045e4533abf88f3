package dev.coffer.cli;

import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code coffer secret update}. */
@picocli.CommandLine.Command(
        name = "update",
        description = "Change keys of a secret, or replace it.",
        customSynopsis = {
            "coffer secret update NAME [--schema TYPE]",
            "       [--KEY=VALUE | --KEY=@FILE | --KEY=@- | --KEY]… [--set KEY=…]… [--values FILE|-] [-i]",
            "       [--remove-key KEY]… [--replace]"
        },
        footer = {
            "",
            "Keys that are not named stay as they are, unless --replace is given.",
            "",
            "Example:",
            "  coffer secret update prod/db --password --remove-key port"
        })
final class SecretUpdate extends ContentCommand {
    @Option(names = "--remove-key", paramLabel = "KEY", description = "remove this key")
    private List<String> removedKeys = new ArrayList<>();

    @Option(names = "--replace", description = "replace the whole secret: keys that are not given are gone")
    private boolean replace;

    @Override
    public void run(Session session) throws IOException {
        SecretName name = name();
        Given given = given(session);
        if (schema() != null) {
            schemaOf(session, schema()); // a misspelt type is told before anything is asked
        }
        if (replace && !removedKeys.isEmpty()) {
            throw new UsageException("--replace and --remove-key exclude each other", "leave one of them out");
        }
        if (!given.any() && !interactive() && (replace || (removedKeys.isEmpty() && schema() == null))) {
            throw new UsageException(
                    "no key was given; nothing was changed", "give keys as --KEY=@FILE, or let '-i' ask");
        }
        SecretsManager secrets = session.secrets();
        if (session.terminal().canAsk() && !given.arguments().prompted().isEmpty()) {
            String type;
            try (Secret current = secrets.getSecret(name)) { // which may be missing: before anything is typed in vain
                type = schema() == null ? current.schemaType() : schema();
            }
            requireKnown(session, knownSchema(session, type), given);
        }
        ValueReader reader = reader(session);
        Map<String, SecretValue> values = values(reader, given);
        try {
            WriteReceipt receipt = replace
                    ? replace(session, secrets, reader, name, values)
                    : merge(session, secrets, reader, name, values);
            report(session, "updated", receipt);
        } finally {
            close(values);
        }
    }

    private WriteReceipt replace(
            Session session,
            SecretsManager secrets,
            ValueReader reader,
            SecretName name,
            Map<String, SecretValue> values) {
        String type = schema();
        if (type == null && !secrets.readsValues()) {
            type = Secret.ARBITRARY; // no such flavor knows another
        }
        if (type == null || interactive()) {
            try (Secret current = secrets.getSecret(name)) {
                type = type == null ? current.schemaType() : type;
            }
        }
        SecretSchema schema = schemaOf(session, type);
        if (interactive()) {
            new Interview(session.terminal(), reader, values).forNew(schema);
        }
        askForMissing(session, reader, schema, Set.of(), values);
        return secrets.updateSecret(Secret.of(name, type, values));
    }

    private WriteReceipt merge(
            Session session,
            SecretsManager secrets,
            ValueReader reader,
            SecretName name,
            Map<String, SecretValue> values) {
        Set<String> removed = new LinkedHashSet<>(removedKeys);
        if (session.terminal().canAsk() && (interactive() || schema() != null)) {
            String type;
            Set<String> there;
            try (Secret current = secrets.getSecret(name)) {
                type = schema() == null ? current.schemaType() : schema();
                there = new LinkedHashSet<>(current.content().keySet());
            }
            SecretSchema schema = knownSchema(session, type);
            there.removeAll(removed);
            if (interactive()) {
                Interview interview = new Interview(session.terminal(), reader, values);
                interview.forUpdate(schema, there);
                removed.addAll(interview.removed());
            }
            if (schema() != null) {
                askForMissing(session, reader, schema, there, values);
            }
        }
        return secrets.mergeSecret(name, new SecretPatch(values, removed, Optional.ofNullable(schema())));
    }

    /** Null also for a type that was stored by somebody who knew it: the write says what is wrong with it. */
    private static @Nullable SecretSchema knownSchema(Session session, String type) {
        return type.equals(Secret.ARBITRARY)
                ? null
                : session.schemas().find(type).orElse(null);
    }
}
