package dev.coffer.storage;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.StoreFileException;
import java.nio.file.Path;
import java.sql.SQLException;

/** Turns SQLite's result codes (sqlite.org/rescode.html) into errors for people. */
final class SqliteErrors {
    private static final int PRIMARY_CODE_MASK = 0xFF;

    private SqliteErrors() {}

    static RuntimeException translate(SQLException e, Path file) {
        CofferException known = known(e, file);
        return known != null
                ? known
                : new IllegalStateException("SQLite failed on " + file + ": code " + e.getErrorCode(), e);
    }

    /** The library is looked for when the first connection is made; the driver says so in words only. */
    private static boolean hasNoLibrary(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof LinkageError || message.contains("No native library found")) {
                return true;
            }
        }
        return false;
    }

    private static @org.jspecify.annotations.Nullable CofferException known(SQLException e, Path file) {
        String name = file.toString();
        if (hasNoLibrary(e)) {
            return new StoreFileException(
                    "SQLite's native library could not be unpacked and loaded from the folder for temporary files, "
                            + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")),
                    name,
                    "it needs 2 MB of space and the right to run code from there; another folder is named with"
                            + " COFFER_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                    e);
        }
        return switch (e.getErrorCode() & PRIMARY_CODE_MASK) {
            case 13 -> // SQLITE_FULL
                new StoreFileException(
                        "there is no space left for the store " + file + "; nothing was changed",
                        name,
                        "free some space and try again",
                        e);
            case 5, 6, 15 -> // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL
                new StoreFileException(
                        "the store " + file + " is in use by another process; nothing was changed",
                        name,
                        "try again when it has finished",
                        e);
            case 8 -> // SQLITE_READONLY
                new StoreFileException(
                        "the store " + file + " is read-only", name, "make the file and its folder writable", e);
            case 3, 14 -> // SQLITE_PERM, SQLITE_CANTOPEN
                new StoreFileException(
                        "the store " + file + " cannot be opened",
                        name,
                        "its folder must exist, be yours, writable, and have space left",
                        e);
            case 10 -> // SQLITE_IOERR
                new StoreFileException(
                        "reading or writing the store " + file + " failed",
                        name,
                        "check the disk and its free space",
                        e);
            case 1, 11, 20, 26 -> // SQLITE_ERROR (the statements are coffer's own), _CORRUPT, _MISMATCH, _NOTADB
                new IntegrityException(
                        "the file " + file + " is damaged or not a coffer store",
                        name,
                        "restore a backup with 'coffer restore'",
                        e);
            case 18 -> // SQLITE_TOOBIG
                new InvalidException("a secret is too large to be stored", name, "split it into several secrets");
            case 19 -> // SQLITE_CONSTRAINT: coffer checks before it writes, so something is there that it did not see
                new IntegrityException(
                        "the store " + file + " holds something that its log and its tables do not agree on",
                        name,
                        "'coffer verify' names all damage",
                        e);
            default -> null;
        };
    }
}
