package dev.coffer.flavor;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Optional;

class LocalFlavorOwnedContractTest extends OwnedContract {
    private final LocalBackend backend = new LocalBackend();

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }

    /** Everything in the store is coffer's own: what somebody else put there is an integrity failure. */
    @Override
    protected Optional<SecretName> plantForeign() {
        return Optional.empty();
    }
}
