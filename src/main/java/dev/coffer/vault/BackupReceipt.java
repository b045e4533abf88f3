package dev.coffer.vault;

import java.nio.file.Path;

/**
 * A backup that was written and proved.
 *
 * @param file where it is
 * @param bytes how long it is
 * @param secrets how many secrets it holds, deleted ones included
 * @param versions how many versions it holds
 * @param survivesLossOfKeyFile whether a passphrase or recovery code opens it
 */
public record BackupReceipt(Path file, long bytes, long secrets, long versions, boolean survivesLossOfKeyFile) {}
