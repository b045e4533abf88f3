package dev.coffer.flavor;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WriteReceipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Secrets in memory, with every capability. Safe for use by several threads: one lock, the store's. What is handed in
 * or out is copied.
 */
final class MemorySecretsManager
        implements SecretsManager, ConditionalWrites, Versioned, Owned, Recoverable, Renaming, BulkWrites {
    private final ComponentDefinition definition;
    private final SecretSchemas schemas;
    private final MemoryStore store;
    private boolean closed;

    /**
     * A manager over a store.
     *
     * @param store wiped when the last of its managers is closed
     */
    MemorySecretsManager(ComponentDefinition definition, SecretSchemas schemas, MemoryStore store) {
        this.definition = definition;
        this.schemas = schemas;
        this.store = store;
        synchronized (store) {
            store.join();
        }
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        return registerSecrets(List.of(secret)).get(0);
    }

    @Override
    public Secret getSecret(SecretName name) {
        return locked(() -> MemorySecret.copy(store.live(name).content()));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return locked(() -> store.live().stream().map(MemorySecret::name).toList());
    }

    @Override
    public List<SecretSummary> listSecrets() {
        return locked(() -> store.live().stream().map(MemorySecret::summary).toList());
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        return locked(() -> update(secret, null));
    }

    @Override
    public WriteReceipt updateSecret(Secret secret, long expectedVersion) {
        return locked(() -> update(secret, expectedVersion));
    }

    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        return locked(() -> {
            try (Secret merged = patch.applyTo(store.live(name).content())) {
                return update(merged, null);
            }
        });
    }

    @Override
    public void deleteSecret(SecretName name) {
        run(() -> store.delete(List.of(name), null));
    }

    @Override
    public void deleteSecret(SecretName name, long expectedVersion) {
        run(() -> store.delete(List.of(name), expectedVersion));
    }

    @Override
    public void deleteAllSecrets() {
        run(store::deleteAll);
    }

    @Override
    public List<WriteReceipt> registerSecrets(Collection<Secret> secrets) {
        return locked(() -> {
            List<Secret> copies = new ArrayList<>();
            boolean kept = false;
            try {
                secrets.forEach(secret -> copies.add(MemorySecret.copy(schemas.fit(secret))));
                List<WriteReceipt> receipts = store.register(copies);
                kept = true;
                return receipts;
            } finally {
                if (!kept) {
                    copies.forEach(Secret::close);
                }
            }
        });
    }

    @Override
    public void deleteSecrets(Collection<SecretName> names) {
        run(() -> store.delete(names, null));
    }

    @Override
    public List<SecretVersion> history(SecretName name) {
        return locked(() -> store.liveOrDeleted(name).history());
    }

    @Override
    public Secret getSecret(SecretName name, long version) {
        return locked(() -> store.liveOrDeleted(name)
                .content(version)
                .map(MemorySecret::copy)
                .orElseThrow(() -> new NoSuchSecretException(name, version)));
    }

    @Override
    public WriteReceipt rollback(SecretName name, long toVersion) {
        return locked(() -> store.rollback(name, toVersion));
    }

    @Override
    public List<SecretName> tombstones() {
        return locked(store::tombstones);
    }

    @Override
    public WriteReceipt recoverSecret(SecretName name) {
        return locked(() -> store.recover(name));
    }

    @Override
    public void purgeSecret(SecretName name) {
        run(() -> store.purge(name));
    }

    @Override
    public void renameSecret(SecretName from, SecretName to) {
        run(() -> store.rename(from, to));
    }

    /** Always true: nobody else writes to this memory. */
    @Override
    public boolean isOwned(SecretName name) {
        adopt(name);
        return true;
    }

    /** Changes nothing, as every secret is owned. */
    @Override
    public void adopt(SecretName name) {
        run(() -> store.live(name));
    }

    @Override
    public Optional<CofferException> check() {
        return locked(Optional::empty);
    }

    @Override
    public void close() {
        synchronized (store) {
            if (!closed) {
                closed = true;
                store.leave();
            }
        }
    }

    private WriteReceipt update(Secret secret, @Nullable Long expectedVersion) {
        Secret copy = MemorySecret.copy(schemas.fit(secret));
        boolean kept = false;
        try {
            WriteReceipt receipt = store.update(copy, expectedVersion);
            kept = receipt.changed();
            return receipt;
        } finally {
            if (!kept) {
                copy.close();
            }
        }
    }

    private <T> T locked(Supplier<T> operation) {
        synchronized (store) {
            if (closed) {
                throw new IllegalStateException("the secrets manager " + name() + " is closed");
            }
            return operation.get();
        }
    }

    private void run(Runnable operation) {
        locked(() -> {
            operation.run();
            return true;
        });
    }
}
