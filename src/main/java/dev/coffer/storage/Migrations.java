package dev.coffer.storage;

import dev.coffer.secrets.StoreFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The versioned SQL migrations, run by Flyway. Loaded only when a database is not of the newest schema, because Flyway
 * costs more time than everything else that a command does.
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
        runFlyway(file);
    }

    /** Brings a store to the newest schema; a copy is made first if data that is there will be changed. */
    void migrate(Path file, int from) {
        if (changingData.stream().anyMatch(version -> version > from)) {
            keepCopy(file, from);
        }
        runFlyway(file);
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
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, partial);
        }
        PrivateFiles.moveIntoPlace(partial, copy);
    }

    private void runFlyway(Path file) {
        try (Connection connection = StoreDatabase.connect(file, 60_000)) {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(new SingleConnection(connection))
                    .locations(locations.toArray(String[]::new))
                    .loggers(QuietFlywayLog.class.getName())
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw unwrap(e, file);
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    private static RuntimeException unwrap(FlywayException e, Path file) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return SqliteErrors.translate(sql, file);
            }
        }
        return new StoreFileException(
                "the store " + file + " could not be brought to schema of this coffer; it is as it was",
                file.toString(),
                "try again; '--verbose' shows more",
                e);
    }
}
