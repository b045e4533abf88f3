package dev.coffer.secrets;

import java.util.UUID;

/**
 * A small piece of state that is kept in the store, authenticated and encrypted: a component, a stack, a target.
 *
 * @param kind what it is, for instance {@code component}; kebab-case
 * @param id its identity, which survives renames
 * @param name unique among the records of its kind; kept in clear
 * @param version counts from 1
 * @param body the content, in a format that its owner defines; not shared with the store
 */
public record StoredRecord(String kind, UUID id, String name, long version, byte[] body) {
    /** Kind, name and version, not the body. */
    @Override
    public String toString() {
        return "StoredRecord(" + kind + " " + name + ", version " + version + ")";
    }
}
