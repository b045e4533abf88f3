package dev.coffer.secrets;

import java.util.List;

/** Keeps what a secret was before. Every write makes a version; versions count upwards and are never used twice. */
public interface Versioned {
    /**
     * All versions that are kept, newest first, tombstones included; also of a deleted secret.
     *
     * @throws NoSuchSecretException if there never was a secret of that name, or it was purged
     */
    List<SecretVersion> history(SecretName name);

    /**
     * The content at a version; also of a deleted secret.
     *
     * @throws NoSuchSecretException if there is no such secret or version, or that version is a tombstone
     */
    Secret getSecret(SecretName name, long version);

    /**
     * Writes the content of an earlier version as a new version. A deleted secret is live again afterwards. If a live
     * secret has that content already, nothing is written.
     *
     * @throws NoSuchSecretException if there is no such secret or version, or that version is a tombstone
     * @throws SecretExistsException never for the secret itself; a live secret of that name is rolled back in place
     */
    WriteReceipt rollback(SecretName name, long toVersion);

    /** The names of deleted secrets whose history is kept and whose name is not taken by a live secret, sorted. */
    List<SecretName> tombstones();
}
