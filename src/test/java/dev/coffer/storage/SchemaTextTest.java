package dev.coffer.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.vault.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTextTest {
    @TempDir
    private Path folder;

    @Test
    void everyReleasedSchema_hasTheDigestOfWhatItsMigrationsMake() throws SQLException {
        for (int version = 1; version <= StoreDatabase.SCHEMA; version++) {
            Path file = folder.resolve("schema-" + version);
            Flyway.configure()
                    .dataSource("jdbc:sqlite:" + file, null, null)
                    .locations("classpath:db/migration")
                    .target(Integer.toString(version))
                    .load()
                    .migrate();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                assertEquals(SchemaText.released(version), SchemaText.digest(SchemaText.of(statement)), "" + version);
            }
        }
        assertNull(SchemaText.released(StoreDatabase.SCHEMA + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TABLE secret_version",
                "DROP TABLE secret",
                "DROP TABLE slot",
                "DROP TABLE store",
                "DROP TABLE record",
                "DROP TABLE log",
                "DROP INDEX secret_live_name",
                "DROP INDEX log_write",
                "ALTER TABLE secret RENAME COLUMN name TO nom",
                "ALTER TABLE slot ADD COLUMN more TEXT",
                "CREATE TABLE more (x)",
                "CREATE VIEW more AS SELECT 1",
                "CREATE TRIGGER more AFTER INSERT ON log BEGIN SELECT 1; END",
                "CREATE TRIGGER more AFTER INSERT ON flyway_schema_history BEGIN SELECT 1; END",
                "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '')",
                "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')')"
            })
    void changedTables_areAnIntegrityError(String sql) throws SQLException {
        try (TestHome home = TestHome.create()) {
            Path file = home.location().database();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA foreign_keys = 0");
                for (String one : sql.startsWith("CREATE TRIGGER") ? new String[] {sql} : sql.split("; ", -1)) {
                    statement.execute(one);
                }
            }
            assertThrows(IntegrityException.class, () -> StoreDatabase.open(file));
        }
    }

    /** The header's schema format number, which SQLite calls an error in the statement. */
    @Test
    void flippedFormatNumber_isAnIntegrityError() throws Exception {
        try (TestHome home = TestHome.create()) {
            Path file = home.location().database();
            byte[] bytes = Files.readAllBytes(file);
            bytes[47] ^= 0x40;
            Files.write(file, bytes);
            IntegrityException e = assertThrows(IntegrityException.class, () -> StoreDatabase.open(file));
            assertTrue(e.getMessage().contains("damaged"), e.getMessage());
        }
    }
}
