package dev.coffer.cli;

import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** {@code coffer secret register}. */
@picocli.CommandLine.Command(
        name = "register",
        description = "Store a new secret.",
        customSynopsis = {
            "coffer secret register NAME [--schema TYPE]",
            "       [--KEY=VALUE | --KEY=@FILE | --KEY=@- | --KEY]… [--set KEY=…]… [--values FILE|-] [-i]"
        },
        footer = {
            "",
            "--KEY alone asks for the value; --KEY=@FILE reads it from a file, --KEY=@- from standard input;",
            "--KEY=@@x is the text @x. A value on the command line can be seen by others.",
            "",
            "Example:",
            "  coffer secret register prod/db --schema basic_auth --username=app --password"
        })
final class SecretRegister extends ContentCommand {
    @Override
    public void run(Session session) throws IOException {
        SecretName name = name();
        String type = schema() == null ? Secret.ARBITRARY : schema();
        Given given = given(session);
        SecretSchema schema = schemaOf(session, type);
        if (schema == null && !given.any() && !interactive()) {
            throw new UsageException(
                    "a secret of any keys needs at least one key", "give it as --KEY=@FILE, or let '-i' ask");
        }
        requireKnown(session, schema, given);
        SecretsManager secrets = session.secrets();
        if (session.terminal().canAsk() && secrets.hasSecret(name)) {
            throw new SecretExistsException(name); // before anything is typed in vain
        }
        ValueReader reader = reader(session);
        Map<String, SecretValue> values = values(reader, given);
        try {
            if (interactive()) {
                new Interview(session.terminal(), reader, values).forNew(schema);
            }
            askForMissing(session, reader, schema, Set.of(), values);
            report(session, "registered", secrets.registerSecret(Secret.of(name, type, values)));
        } finally {
            close(values);
        }
    }
}
