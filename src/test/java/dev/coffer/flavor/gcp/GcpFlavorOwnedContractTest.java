package dev.coffer.flavor.gcp;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;

/** In the scope none, where other tools keep their secrets too. */
class GcpFlavorOwnedContractTest extends OwnedContract {
    private final GcpBackend backend = new GcpBackend(Map.of("scope", "none"));

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected Optional<SecretName> plantForeign() {
        GcpServer.shared().plant(backend.project(), "app-db_KEY", Map.of("team", "a"), "old", "{\"k\": \"theirs\"}");
        return Optional.of(SecretName.of("app-db_KEY"));
    }
}
