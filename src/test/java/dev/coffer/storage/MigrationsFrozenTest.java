package dev.coffer.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Released migrations are never edited: each has its checksum in {@code frozen-migrations.txt}, as {@code sha256sum}
 * writes it. Those of the flavor postgres lie in a folder of their own, and on the class path where the store's Flyway does
 * not look.
 */
class MigrationsFrozenTest {
    private static final String POSTGRES = "postgres/";
    private static final Path FOLDER = Path.of(System.getProperty("coffer.checkout", ""), "migrations");

    @Test
    void everyMigration_hasItsFrozenChecksum() throws Exception {
        Map<String, String> actual = new TreeMap<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                actual.put(FOLDER.relativize(file).toString().replace('\\', '/'), sha256(Files.readAllBytes(file)));
            }
        }
        assertTrue(actual.containsKey("V1__store.sql"), actual::toString);
        assertEquals(frozen(), actual);
    }

    @Test
    void classPath_holdsTheSameMigrations() throws Exception {
        for (Map.Entry<String, String> migration : frozen().entrySet()) {
            String place = migration.getKey().startsWith(POSTGRES) ? "/db/" : "/db/migration/";
            try (InputStream in = Migrations.class.getResourceAsStream(place + migration.getKey())) {
                assertEquals(migration.getValue(), sha256(in == null ? new byte[0] : in.readAllBytes()));
            }
        }
    }

    @Test
    void migrationsOfPostgres_areNotAmongThoseOfTheStore() throws IOException {
        assertTrue(frozen().keySet().stream().anyMatch(name -> name.startsWith(POSTGRES)));
        assertNull(Migrations.class.getResource("/db/migration/" + POSTGRES));
    }

    @Test
    void head_isTheNewestMigration() throws Exception {
        long ofTheStore = frozen().keySet().stream()
                .filter(name -> !name.startsWith(POSTGRES))
                .count();
        assertEquals(ofTheStore, Migrations.released().head());
        assertEquals(List.of("classpath:db/migration"), Migrations.released().locations());
    }

    private static Map<String, String> frozen() throws IOException {
        Map<String, String> frozen = new TreeMap<>();
        try (InputStream in = MigrationsFrozenTest.class.getResourceAsStream("frozen-migrations.txt")) {
            assertTrue(in != null, "frozen-migrations.txt is missing");
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.startsWith("#") && !line.isBlank()) {
                    String[] parts = line.split("  ", 2);
                    frozen.put(parts[1], parts[0]);
                }
            }
        }
        return frozen;
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
