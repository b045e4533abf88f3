package dev.coffer.flavor.azure;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;

/** In the scope none, where other tools keep their secrets too. */
class AzureFlavorOwnedContractTest extends OwnedContract {
    private final AzureBackend backend = new AzureBackend(Map.of("scope", "none"));

    @Override
    protected void cleanUp() {
        backend.close();
    }

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    /** Its name in capitals: it is found all the same, and listed in small letters. */
    @Override
    protected Optional<SecretName> plantForeign() {
        backend.server().plant("Team-App--Db", "older", Map.of());
        backend.server().plant("Team-App--Db", "{\"k\":\"theirs\"}", Map.of("cost-center", "a"));
        return Optional.of(SecretName.of("app--db"));
    }
}
