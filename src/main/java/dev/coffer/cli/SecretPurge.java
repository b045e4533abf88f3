package dev.coffer.cli;

import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.SecretName;
import java.io.IOException;
import java.util.Set;
import picocli.CommandLine.Parameters;

/** {@code coffer secret purge}. */
@picocli.CommandLine.Command(
        name = "purge",
        description = "Remove a secret for good, with its history.",
        customSynopsis = "coffer secret purge NAME",
        footer = {"", "Nothing brings it back but a backup.", "", "Example:", "  coffer secret purge prod/old-db"})
final class SecretPurge implements Command {
    @Parameters(paramLabel = "NAME", description = "the secret, live or deleted")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        SecretName secretName = SecretName.of(name);
        session.confirm("purge " + secretName + " and its whole history for good?");
        session.secrets(Recoverable.class).purgeSecret(secretName);
        SecretDelete.report(session, "purged", Set.of(secretName));
    }
}
