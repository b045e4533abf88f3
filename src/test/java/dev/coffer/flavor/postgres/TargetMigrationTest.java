package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TargetMigrationTest {
    private static final Path FOLDER = Path.of(System.getProperty("coffer.checkout", ""), "migrations", "postgres");

    @Test
    void schema_isTheNewestMigration() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertEquals(TargetAccess.SCHEMA, files.count());
        }
    }

    /** So that engines which speak the protocol and little more can serve. */
    @Test
    void migrations_arePortable() throws IOException {
        for (Path file : migrations()) {
            String sql = Files.readString(file).replaceAll("--[^\\n]*", "").toLowerCase(java.util.Locale.ROOT);
            for (String word : List.of("function", "trigger", "extension", "plpgsql", "notify", "serial", "$$")) {
                assertFalse(sql.contains(word), () -> word + " in " + file);
            }
        }
    }

    private static List<Path> migrations() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.toList();
        }
    }
}
