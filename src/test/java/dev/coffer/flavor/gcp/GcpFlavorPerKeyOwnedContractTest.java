package dev.coffer.flavor.gcp;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;

/** A secret of ZenML, in its own shape. */
class GcpFlavorPerKeyOwnedContractTest extends OwnedContract {
    private final GcpBackend backend = new GcpBackend(Map.of("layout", "per-key", "scope", "none"));

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
        Map<String, String> labels = Map.of("zenml-group-key", "my_db", "zenml-schema-name", "arbitrary");
        GcpServer.shared().plant(backend.project(), "my_db_k", labels, "theirs");
        GcpServer.shared().plant(backend.project(), "my_db_other_key", labels, "old", "too");
        return Optional.of(SecretName.of("my_db"));
    }
}
