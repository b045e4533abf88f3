package dev.coffer.secrets;

import dev.coffer.component.StackComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stack component that stores secrets. All flavors keep the same contract, which is published as a test: a missing
 * secret is always {@link NoSuchSecretException}, an existing one {@link SecretExistsException}, and what a flavor
 * cannot do fails with {@link UnsupportedByFlavorException}. Further abilities are the optional interfaces
 * {@link ConditionalWrites}, {@link Versioned}, {@link Owned}, {@link Recoverable}, {@link Renaming},
 * {@link BulkWrites} and {@link BulkReads}.
 *
 * <p>Constructing a secrets manager opens no connection. It is safe for use by several threads. Using it after
 * {@link #close()} is an {@link IllegalStateException}.
 *
 * <p>Any operation may throw {@link LockedException}, {@link WrongKeyException}, {@link IntegrityException},
 * {@link StoreFileException} or {@link RemoteException}, as fits the flavor.
 */
public interface SecretsManager extends StackComponent, AutoCloseable {
    /**
     * Stores a secret under a name that is free.
     *
     * @throws SecretExistsException if the name is taken; the old value is untouched
     * @throws InvalidException if the content does not fit the secret's schema
     * @throws NoSuchSchemaException if the schema type is not known
     */
    WriteReceipt registerSecret(Secret secret);

    /**
     * The current content of a secret. The caller closes it.
     *
     * @throws NoSuchSecretException if there is none of that name
     */
    Secret getSecret(SecretName name);

    /** The <em>names</em> of all secrets in this component's scope, sorted. The historic name of the operation stays. */
    List<SecretName> getAllSecretKeys();

    /**
     * Whether there is a secret of that name. A flavor whose listings may be behind asks for the name itself; none reads more
     * than it needs.
     */
    default boolean hasSecret(SecretName name) {
        if (this instanceof Owned owned) {
            try {
                owned.isOwned(name);
                return true;
            } catch (NoSuchSecretException e) {
                return false;
            }
        }
        return getAllSecretKeys().contains(name);
    }

    /**
     * Replaces the whole content and the type of a secret: keys that are not given are gone. If nothing would change,
     * nothing is written.
     *
     * @throws NoSuchSecretException if there is none of that name
     * @throws InvalidException if the content does not fit the secret's schema
     * @throws NoSuchSchemaException if the schema type is not known
     */
    WriteReceipt updateSecret(Secret secret);

    /**
     * Deletes a secret.
     *
     * @throws NoSuchSecretException if there is none of that name
     */
    void deleteSecret(SecretName name);

    /** Deletes all secrets in this component's scope, and none other. */
    void deleteAllSecrets();

    /**
     * Changes some keys and leaves the others alone. A flavor that has transactions does this in one; the others read,
     * change and write.
     *
     * @throws NoSuchSecretException if there is no secret of that name, or no such key to remove
     * @throws InvalidException if the result does not fit its schema
     */
    default WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        try (Secret current = getSecret(name);
                Secret merged = patch.applyTo(current)) {
            Optional<Long> version = current.version();
            if (this instanceof ConditionalWrites conditional && version.isPresent()) {
                return conditional.updateSecret(merged, version.get());
            }
            return updateSecret(merged);
        }
    }

    /** What a listing shows of every secret in scope, sorted by name. Flavors that can tell without reading values do. */
    default List<SecretSummary> listSecrets() {
        List<SecretSummary> summaries = new ArrayList<>();
        for (SecretName name : getAllSecretKeys()) {
            try (Secret secret = getSecret(name)) {
                summaries.add(SecretSummary.of(secret));
            } catch (NoSuchSecretException e) {
                // Deleted by somebody else since the names were listed: it is not part of the listing.
            }
        }
        return summaries;
    }

    /**
     * Whether values can be read back. Where not, {@link #getSecret} of a secret that is there, and whatever else needs
     * a value, fails with {@link UnsupportedByFlavorException}; nor are the types of secrets and the order of their keys
     * known, and every update is a write. Names and keys are always known.
     */
    default boolean readsValues() {
        return true;
    }

    /**
     * Where the secrets are kept, as text without credentials and without a call: what the attributes say together with
     * what the environment says where they do not. Empty if the attributes say it all. It is never shown: attributes can
     * have values of secrets in them.
     */
    default Optional<String> place() {
        return Optional.empty();
    }

    /** Says cheaply whether operations would work: empty if so, else the error that they would meet. Never throws it. */
    Optional<CofferException> check();

    /** Forgets all keys and closes all connections. Repeatable. */
    @Override
    void close();
}
