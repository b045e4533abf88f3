package dev.coffer.flavor;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Optional;

class MemoryFlavorOwnedContractTest extends OwnedContract {
    private final MemoryBackend backend = new MemoryBackend();

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    /** Nobody else writes to this memory. */
    @Override
    protected Optional<SecretName> plantForeign() {
        return Optional.empty();
    }
}
