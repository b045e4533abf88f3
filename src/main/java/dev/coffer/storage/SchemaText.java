package dev.coffer.storage;

import dev.coffer.secrets.IntegrityException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of the tables and indexes of a store, as SQLite keeps it, held against that of a store which the released
 * migrations made. A table that somebody changed could take rows that coffer never wrote, and a trigger or view would
 * run inside coffer's own statements.
 */
final class SchemaText {
    /** SHA-256 of {@link #of} for each released schema; a test makes them again from the migrations. */
    private static final Map<Integer, String> RELEASED = Map.of(
            1, "35cad7182fca9433a5e72ca6892cabb0cc2d6fa64c666def6cd54e9a43fbd2db",
            2, "5567f23009d431a82ca96f1c437c5b26b27a73346cb35bff1c26cc4fb829ca38",
            3, "5567f23009d431a82ca96f1c437c5b26b27a73346cb35bff1c26cc4fb829ca38"); // no table changed

    private SchemaText() {}

    /**
     * Refuses a schema that the migrations of its version do not make. One of a newer coffer is not looked at.
     *
     * @throws IntegrityException if it is another one
     */
    static void requireReleased(Statement statement, int version, Path file) throws SQLException {
        String released = released(version);
        if (released != null && !released.equals(digest(of(statement)))) {
            throw new IntegrityException(
                    "the tables of the store " + file + " were changed by somebody else than coffer",
                    file.toString(),
                    "restore a backup with 'coffer restore'");
        }
    }

    static @Nullable String released(int version) {
        return RELEASED.get(version);
    }

    /** A line for each table, index, trigger and view, but for Flyway's own table, whose shape is Flyway's business. */
    static String of(Statement statement) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet row = statement.executeQuery("SELECT type, name, sql FROM sqlite_schema"
                + " WHERE sql IS NOT NULL AND NOT (tbl_name = 'flyway_schema_history' AND type IN ('table', 'index'))"
                + " ORDER BY type, name")) {
            while (row.next()) {
                text.append(row.getString(1))
                        .append(' ')
                        .append(row.getString(2))
                        .append('\n');
                text.append(row.getString(3)).append('\n');
            }
        }
        return text.toString();
    }

    static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
