package dev.coffer.cli;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretsManager;
import java.util.function.Predicate;

/** The secrets of a schema: all of the store, and those of the active stack if they are kept elsewhere. */
final class SchemaUsers {
    private static final String IN_THE_STORE = "local";

    private SchemaUsers() {}

    /** How many secrets of that type are like this. */
    static int count(Session session, String type, Predicate<Secret> like) {
        SecretsManager active = session.secrets();
        int count = session.store().vault().countSecrets(type, like);
        if (active.flavor().equals(IN_THE_STORE)) {
            return count;
        }
        for (SecretSummary summary : active.listSecrets()) {
            if (summary.schemaType().equals(type)) {
                try (Secret secret = active.getSecret(summary.name())) {
                    count += like.test(secret) ? 1 : 0;
                }
            }
        }
        return count;
    }
}
