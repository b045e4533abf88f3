package dev.coffer.flavor.aws;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** In the scope none, where other tools keep their secrets too. */
@Tag("servers")
class AwsFlavorOwnedContractTest extends OwnedContract {
    private final AwsBackend backend = new AwsBackend(Map.of("scope", "none"));

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
        backend.boto("create_secret", Map.of("Name", "team/app/db", "SecretString", "{\"k\":\"theirs\"}"));
        return Optional.of(SecretName.of("app/db"));
    }
}
