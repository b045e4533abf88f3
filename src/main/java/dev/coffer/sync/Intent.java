package dev.coffer.sync;

import dev.coffer.secrets.SecretName;
import java.util.Optional;
import java.util.UUID;

/**
 * A write to a target that was about to be sent. It is stored before, and removed with the record of its outcome.
 *
 * @param recordId the record's identity, and the token of the write
 * @param recordVersion the record's version; 0 if it is not stored yet
 * @param secretId the local secret
 * @param kind what was to be done
 * @param name the local name under which it is on the target
 * @param from the name that it had on the target, if a rename is carried out
 * @param localVersion the local version that was sent; of a deletion, the tombstone's
 * @param local what the local version holds
 * @param intended what the target holds afterwards
 * @param expected the target's revision before; empty if nothing was there, or it tells none
 */
record Intent(
        UUID recordId,
        long recordVersion,
        UUID secretId,
        Kind kind,
        SecretName name,
        Optional<SecretName> from,
        long localVersion,
        Prints local,
        Prints intended,
        Optional<String> expected) {

    /** What is done to the target. */
    enum Kind {
        /** A secret is registered. */
        CREATE,
        /** A secret is replaced. */
        UPDATE,
        /** A secret is deleted. */
        DELETE,
        /** The old name of a secret that was renamed is deleted; stands until that is done. */
        CLEAN_UP
    }

    /** The same, stored at that version. */
    Intent at(long version) {
        return new Intent(recordId, version, secretId, kind, name, from, localVersion, local, intended, expected);
    }

    /** The same over another revision. */
    Intent expecting(Optional<String> revision) {
        return new Intent(recordId, recordVersion, secretId, kind, name, from, localVersion, local, intended, revision);
    }
}
