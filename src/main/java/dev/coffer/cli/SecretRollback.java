package dev.coffer.cli;

import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.Versioned;
import java.io.IOException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer secret rollback}. Destroys nothing, and asks nothing: what was there stays in the history. */
@picocli.CommandLine.Command(
        name = "rollback",
        description = "Make an earlier version the newest one, also of a deleted secret.",
        customSynopsis = "coffer secret rollback NAME --to N",
        footer = {"", "Example:", "  coffer secret rollback prod/db --to 3"})
final class SecretRollback implements Command {
    @Parameters(paramLabel = "NAME", description = "the secret")
    private String name = "";

    @Option(names = "--to", required = true, paramLabel = "N", description = "the version to go back to")
    private long to;

    @Override
    public void run(Session session) throws IOException {
        SecretName secretName = SecretName.of(name);
        if (to < 1) {
            throw new UsageException("versions count from 1", "see 'coffer secret history'");
        }
        ContentCommand.report(
                session, "rolled back", session.secrets(Versioned.class).rollback(secretName, to));
    }
}
