package dev.coffer.vault;

/**
 * One thing in a store that is not as coffer wrote it.
 *
 * @param kind what sort of damage
 * @param subject the secret, record, slot or log row
 * @param sentence for people
 */
public record Finding(Kind kind, String subject, String sentence) {
    /** The sorts of damage that are told apart. */
    public enum Kind {
        /** The SQLite file itself is damaged. */
        STRUCTURE,
        /** A row of the log is missing, or was edited or moved. */
        LOG,
        /** The head of a secret was edited, or an older one put back. */
        HEAD,
        /** A version of a secret was edited or moved. */
        VERSION,
        /** Something that was written is gone. */
        MISSING,
        /** Something that was removed is there. */
        PUT_BACK,
        /** A component, stack or other record was edited. */
        RECORD,
        /** A key slot was edited, removed or put back. */
        SLOT,
        /** The keyring is not the newest one. */
        KEYRING
    }
}
