package dev.coffer.cli;

import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** {@code coffer secret delete-all}. */
@picocli.CommandLine.Command(
        name = "delete-all",
        description = "Delete every secret.",
        customSynopsis = "coffer secret delete-all",
        footer = {
            "",
            "The history stays: 'coffer secret rollback' brings a deleted secret back.",
            "",
            "Example:",
            "  coffer secret delete-all --yes"
        })
final class SecretDeleteAll implements Command {
    @Override
    public void run(Session session) throws IOException {
        session.requireConfirmable();
        SecretsManager secrets = session.secrets();
        Set<SecretName> there = new LinkedHashSet<>(secrets.getAllSecretKeys());
        session.confirm("delete all secrets (" + there.size() + " now)?");
        secrets.deleteAllSecrets();
        if (there.isEmpty()) {
            session.messages().done("there were no secrets");
        }
        SecretDelete.report(session, "deleted", there);
    }
}
