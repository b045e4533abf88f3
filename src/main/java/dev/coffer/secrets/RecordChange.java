package dev.coffer.secrets;

import java.util.Map;
import java.util.UUID;

/** One of several changes, to records and to what belongs to them, that happen together. */
public sealed interface RecordChange {
    /** Which record; for a new one, a random id. */
    UUID id();

    /**
     * Makes a record.
     *
     * @param kind what it is
     * @param id a new identity
     * @param name free among the records of that kind
     * @param body the content
     */
    record Insert(String kind, UUID id, String name, byte[] body) implements RecordChange {
        @Override
        public String toString() {
            return "Insert(" + kind + " " + name + ")";
        }
    }

    /**
     * Gives a record another name or body.
     *
     * @param id which record
     * @param expectedVersion the version that the caller saw
     * @param name the name that it has afterwards
     * @param body the content that it has afterwards
     */
    record Replace(UUID id, long expectedVersion, String name, byte[] body) implements RecordChange {
        @Override
        public String toString() {
            return "Replace(" + name + ")";
        }
    }

    /**
     * Removes a record.
     *
     * @param id which record
     * @param expectedVersion the version that the caller saw
     */
    record Remove(UUID id, long expectedVersion) implements RecordChange {}

    /**
     * Removes all secrets that the store keeps for a component, for good: with their history, and those that were
     * deleted. Secrets that it keeps under a scope that others share stay.
     *
     * @param id the component
     * @param expected the secrets that the caller saw, and the version of each
     */
    record RemoveSecrets(UUID id, Map<SecretName, Long> expected) implements RecordChange {
        /** Copies the names. */
        public RemoveSecrets {
            expected = Map.copyOf(expected);
        }
    }
}
