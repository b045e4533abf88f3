package dev.coffer.secrets;

import java.util.Collection;
import java.util.List;

/** Several writes that happen together or not at all. */
public interface BulkWrites {
    /**
     * Registers all secrets.
     *
     * @return a receipt for each, in the same order
     * @throws SecretExistsException if one of the names is taken, or given twice; nothing was written
     * @throws InvalidException if one does not fit its schema; nothing was written
     */
    List<WriteReceipt> registerSecrets(Collection<Secret> secrets);

    /**
     * Deletes all secrets named.
     *
     * @throws NoSuchSecretException if one is missing; nothing was deleted
     */
    void deleteSecrets(Collection<SecretName> names);
}
