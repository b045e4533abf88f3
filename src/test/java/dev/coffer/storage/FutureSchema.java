package dev.coffer.storage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** A schema after the newest, whose migration moves data that is there, for tests of migration as such. */
public final class FutureSchema {
    private static final Migrations MIGRATIONS =
            new Migrations(List.of("classpath:db/migration", "classpath:db/future"), 4, Set.of(4));

    private FutureSchema() {}

    /** Opens a store as a later coffer would, which brings it to schema 4. */
    public static void migrate(Path file) {
        StoreDatabase.open(file, MIGRATIONS).close();
    }

    /** The copy that the migration keeps of a store of today's schema. */
    public static Path copyOf(Path file) {
        return Migrations.copyBeforeMigration(file, StoreDatabase.SCHEMA);
    }

    /** The schema that a file is at. */
    public static int schema(Path file) {
        return Integer.parseInt(rows(file, "PRAGMA user_version").get(0));
    }

    /** All secrets and the log, of either schema, as text to compare. */
    public static List<String> content(Path file) {
        boolean moved = schema(file) == 4;
        List<String> rows = new ArrayList<>(rows(
                file,
                "SELECT secret_id, version, payload FROM " + (moved ? "moved" : "secret_version")
                        + " ORDER BY secret_id, version"));
        rows.addAll(rows(file, "SELECT secret_id, name, version, mac FROM secret ORDER BY secret_id"));
        rows.addAll(rows(file, "SELECT sequence, kind, mac FROM log ORDER BY sequence"));
        rows.addAll(rows(file, "PRAGMA integrity_check"));
        if (moved) {
            rows.addAll(rows(file, "SELECT sequence FROM log WHERE note <> kind || sequence"));
        }
        return rows;
    }

    private static List<String> rows(Path file, String sql) {
        List<String> found = new ArrayList<>();
        try (Connection connection = StoreDatabase.connect(file, 60_000);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    Object value = rows.getObject(i);
                    row.append(i == 1 ? "" : " ")
                            .append(
                                    value instanceof byte[] bytes
                                            ? HexFormat.of().formatHex(bytes)
                                            : value);
                }
                found.add(row.toString());
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
        return found;
    }
}
