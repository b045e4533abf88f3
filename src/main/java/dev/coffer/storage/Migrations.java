package dev.coffer.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * The versioned SQL migrations.
 *
 * @param locations where the SQL is, on the class path
 * @param head the newest schema
 * @param changingData the schemas whose migration changes data that is there
 */
record Migrations(List<String> locations, int head, Set<Integer> changingData) {
    /** What this version of coffer ships. */
    static Migrations released() {
        return new Migrations(List.of("classpath:db/migration"), StoreDatabase.SCHEMA, Set.of());
    }

    /** Brings an empty file to the newest schema. */
    void create(Path file) {
        FlywayRun.migrate(file, locations);
    }

    /** Brings a store to the newest schema; a copy is made first if data that is there will be changed. */
    void migrate(Path file, int from) {
        if (changingData.stream().anyMatch(version -> version > from)) {
            keepCopy(file, from);
        }
        FlywayRun.migrate(file, locations);
    }

    /** The copy that is kept beside a store before a migration that changes its data. */
    static Path copyBeforeMigration(Path file, int from) {
        return file.resolveSibling(file.getFileName() + ".schema-" + from);
    }

    private static void keepCopy(Path file, int from) {
        Path copy = copyBeforeMigration(file, from);
        if (Files.exists(copy)) {
            return; // made by an attempt that was interrupted: only a complete copy ever gets this name
        }
        Path partial = PrivateFiles.createTemporary(copy);
        try (Connection connection = StoreDatabase.connect(file, 60_000);
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, partial.toString());
            vacuum.execute();
            PrivateFiles.moveIntoPlace(partial, copy);
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, partial);
        } finally {
            PrivateFiles.deleteQuietly(partial); // each attempt on a full disk would leave one
        }
    }
}
