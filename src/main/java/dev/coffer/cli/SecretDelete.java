package dev.coffer.cli;

import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Parameters;

/** {@code coffer secret delete}. */
@picocli.CommandLine.Command(
        name = "delete",
        description = "Delete secrets: all that are named, or none.",
        customSynopsis = "coffer secret delete NAME…",
        footer = {
            "",
            "The history stays: 'coffer secret rollback' brings a deleted secret back.",
            "",
            "Example:",
            "  coffer secret delete staging/db staging/queue"
        })
final class SecretDelete implements Command {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "the secrets")
    private List<String> names = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        Set<SecretName> wanted = new LinkedHashSet<>();
        names.forEach(name -> wanted.add(SecretName.of(name)));
        session.requireConfirmable();
        SecretsManager secrets = session.secrets();
        Predicate<SecretName> there = wanted.size() == 1 // a listing can be minutes behind
                ? secrets::hasSecret
                : Set.copyOf(secrets.getAllSecretKeys())::contains;
        for (SecretName name : wanted) {
            if (!there.test(name)) {
                throw new NoSuchSecretException(name);
            }
        }
        if (wanted.size() > 1) {
            session.secrets(BulkWrites.class); // before a question that is in vain
        }
        session.confirm("delete " + wanted.stream().map(SecretName::value).collect(Collectors.joining(", ")) + "?");
        if (wanted.size() == 1) {
            secrets.deleteSecret(wanted.iterator().next());
        } else {
            session.secrets(BulkWrites.class).deleteSecrets(wanted);
        }
        report(session, "deleted", wanted);
    }

    /** Says which secrets are gone. */
    static void report(Session session, String done, Set<SecretName> gone) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                Json.texts(json, done, gone);
                json.writeEndObject();
            });
        } else {
            gone.forEach(name -> session.messages().done(done + " " + name));
        }
    }
}
