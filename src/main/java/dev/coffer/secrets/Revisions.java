package dev.coffer.secrets;

import java.util.List;
import java.util.Optional;

/**
 * Tells whether a secret was changed without reading its values, in the provider's own words, and writes only over what
 * the caller saw. A revision is opaque text: two reads of one secret with the same revision give the same content.
 *
 * <p>For flavors whose versions are no numbers, or that can list more cheaply than one call for each secret.
 */
public interface Revisions {
    /**
     * All secrets in scope, sorted by name, with as few calls as the provider allows. A revision that the listing does
     * not tell is empty; then only reading tells.
     */
    List<RevisionEntry> listRevisions();

    /**
     * One secret without its values, asked for by name and never by a listing; empty if there is none.
     */
    Optional<RevisionEntry> findRevision(SecretName name);

    /**
     * The same for a caller who read or wrote a revision of it before: where the provider's answers may be late, none from
     * before that one as long as the secret was not made anew since. That may cost more calls, though only if they are late.
     *
     * @param seen that revision
     */
    default Optional<RevisionEntry> findRevision(SecretName name, String seen) {
        return findRevision(name);
    }

    /**
     * The content with its revision. The caller closes the secret.
     *
     * @throws NoSuchSecretException if there is none of that name
     */
    Revised getRevised(SecretName name);

    /**
     * The same for a caller who read or wrote a revision of it before, as {@link #findRevision(SecretName, String)}.
     *
     * @param seen that revision
     * @throws NoSuchSecretException if there is none of that name
     */
    default Revised getRevised(SecretName name, String seen) {
        return getRevised(name);
    }

    /**
     * As {@link SecretsManager#registerSecret(Secret)}.
     *
     * @return the new revision
     */
    String registerRevised(Secret secret);

    /**
     * As {@link SecretsManager#updateSecret(Secret)}, if the secret is still at that revision. Where the provider
     * compares, it does; else the revision is looked at right before and right after.
     *
     * @return the revision that is current now
     * @throws ConflictException if the secret is at another revision
     * @throws NoSuchSecretException if there is none of that name
     */
    String updateRevised(Secret secret, String expected);

    /**
     * As {@link SecretsManager#deleteSecret(SecretName)}, if the secret is still at that revision.
     *
     * @throws ConflictException if the secret is at another revision; nothing was deleted
     * @throws NoSuchSecretException if there is none of that name
     */
    void deleteRevised(SecretName name, String expected);

    /**
     * What a listing says.
     *
     * @param name the secret
     * @param revision as which it is stored; empty if the listing does not tell
     * @param owned whether coffer's mark is on it; empty if the listing does not tell
     */
    record RevisionEntry(SecretName name, Optional<String> revision, Optional<Boolean> owned) {}

    /**
     * A content and its revision.
     *
     * @param secret the content
     * @param revision as which it is stored
     */
    record Revised(Secret secret, String revision) {}
}
