package dev.coffer.secrets;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Reads several secrets with fewer calls than each of them alone would take. */
public interface BulkReads {
    /**
     * The current contents of those that are there, in the order of the names; what is missing is left out. What stands in
     * the way of one secret is told of that one alone.
     *
     * <p>No value is older than the call. Where the provider keeps types apart from values, a type may be as old as its
     * listings, unless this manager set it.
     *
     * @param names which; one that is given twice is read once
     * @return readings, which the caller closes
     * @throws RemoteException if the provider does not answer; nothing is left to close
     */
    Map<SecretName, Reading> getSecrets(Collection<SecretName> names);

    /** What came of reading one of several. */
    sealed interface Reading extends AutoCloseable permits Found, Unreadable {
        /**
         * The content.
         *
         * @throws CofferException what stood in the way, if there is none
         */
        Secret secret();

        /** Forgets the content, if there is one. Repeatable. */
        @Override
        void close();
    }

    /**
     * A content.
     *
     * @param secret the content
     * @param revision as which it is stored, as {@link Revisions} tells it; empty if the manager tells none
     */
    record Found(Secret secret, Optional<String> revision) implements Reading {
        @Override
        public void close() {
            secret.close();
        }
    }

    /**
     * No content.
     *
     * @param error what stood in the way; never that there is no such secret
     */
    record Unreadable(CofferException error) implements Reading {
        @Override
        public Secret secret() {
            throw error;
        }

        @Override
        public void close() {
            // There is nothing.
        }
    }
}
