package dev.coffer.storage;

import dev.coffer.secrets.StoreFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Runs migrations with Flyway. The only class that names it, so that none of Flyway is loaded when a database has the
 * newest schema: it costs more time than everything else that a command does.
 */
final class FlywayRun {
    private FlywayRun() {}

    static void migrate(Path file, List<String> locations) {
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
