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
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.vault.ComponentSecrets;
import dev.coffer.vault.Vault;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The secrets of one scope in a vault. The vault is shared and stays open when this is closed. */
final class LocalSecretsManager
        implements SecretsManager, ConditionalWrites, Versioned, Owned, Recoverable, Renaming, BulkWrites {
    private final ComponentDefinition definition;
    private final Vault vault;
    private final ComponentSecrets secrets;
    private volatile boolean closed;

    LocalSecretsManager(ComponentDefinition definition, Vault vault) {
        this.definition = definition;
        this.vault = vault;
        this.secrets = vault.secretsOf(SecretScope.of(definition).owner());
    }

    private ComponentSecrets secrets() {
        if (closed) {
            throw new IllegalStateException("the secrets manager " + name() + " was closed");
        }
        return secrets;
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        return secrets().register(secret);
    }

    @Override
    public Secret getSecret(SecretName name) {
        return secrets().get(name);
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return secrets().names();
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        return secrets().update(secret, OptionalLong.empty());
    }

    @Override
    public WriteReceipt updateSecret(Secret secret, long expectedVersion) {
        return secrets().update(secret, OptionalLong.of(expectedVersion));
    }

    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        return secrets().merge(name, patch);
    }

    @Override
    public void deleteSecret(SecretName name) {
        secrets().delete(name, OptionalLong.empty());
    }

    @Override
    public void deleteSecret(SecretName name, long expectedVersion) {
        secrets().delete(name, OptionalLong.of(expectedVersion));
    }

    @Override
    public void deleteAllSecrets() {
        secrets().deleteEverything();
    }

    @Override
    public List<SecretSummary> listSecrets() {
        return secrets().list();
    }

    @Override
    public List<WriteReceipt> registerSecrets(Collection<Secret> all) {
        return secrets().registerAll(all);
    }

    @Override
    public void deleteSecrets(Collection<SecretName> names) {
        secrets().deleteAll(names);
    }

    @Override
    public List<SecretVersion> history(SecretName name) {
        return secrets().history(name);
    }

    @Override
    public Secret getSecret(SecretName name, long version) {
        return secrets().get(name, version);
    }

    @Override
    public WriteReceipt rollback(SecretName name, long toVersion) {
        return secrets().rollback(name, toVersion);
    }

    @Override
    public List<SecretName> tombstones() {
        return secrets().tombstones();
    }

    @Override
    public WriteReceipt recoverSecret(SecretName name) {
        return secrets().recover(name);
    }

    @Override
    public void purgeSecret(SecretName name) {
        secrets().purge(name);
    }

    @Override
    public void renameSecret(SecretName from, SecretName to) {
        secrets().rename(from, to);
    }

    /** Every secret in the store is coffer's own. */
    @Override
    public boolean isOwned(SecretName name) {
        requireThere(name);
        return true;
    }

    @Override
    public void adopt(SecretName name) {
        requireThere(name);
    }

    private void requireThere(SecretName name) {
        if (!secrets().exists(name)) {
            throw new NoSuchSecretException(name);
        }
    }

    @Override
    public Optional<CofferException> check() {
        secrets();
        return vault.check();
    }

    @Override
    public void close() {
        closed = true;
    }
}
