package dev.coffer.storage;

/**
 * The tables of a store inside one transaction. Valid only while the transaction runs.
 *
 * @param keys identity, keyring, slots
 * @param secrets heads and versions
 * @param records records
 * @param log the log
 */
public record Tables(KeyTable keys, SecretTable secrets, RecordTable records, LogTable log) {
    static Tables over(Statements sql) {
        return new Tables(new KeyTable(sql), new SecretTable(sql), new RecordTable(sql), new LogTable(sql));
    }
}
