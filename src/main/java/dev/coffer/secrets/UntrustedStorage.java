package dev.coffer.secrets;

import java.util.Optional;

/**
 * Keeps ciphertext where somebody else has control of it. Every answer is authenticated, versions of a name never go
 * back, also not over a deletion, and a deleted secret leaves a trace: whoever remembers the versions that it saw notices
 * what was put back or taken away.
 */
public interface UntrustedStorage {
    /** What is known of a name without opening the secret; empty if there never was one, or it was purged. */
    Optional<Trace> trace(SecretName name);

    /**
     * What is known of a name.
     *
     * @param version the version that is current, a tombstone's too
     * @param deleted whether it is a tombstone
     */
    record Trace(long version, boolean deleted) {}
}
