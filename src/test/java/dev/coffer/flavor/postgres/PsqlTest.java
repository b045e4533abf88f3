package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL's own client sees ciphertext only. */
@Tag("servers")
class PsqlTest {
    private final PostgresBackend backend = new PostgresBackend(Map.of());

    @AfterEach
    void cleanUp() {
        backend.cleanUp();
    }

    private String psql(String sql) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "psql",
                        "--no-psqlrc",
                        "--dbname=" + backend.server().url(),
                        "--username=postgres",
                        "--expanded",
                        "--command=" + sql)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void psql_seesTheName_andNothingOfTheContent() throws Exception {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(
                    Secret.of(SecretName.of("db"), Map.of("canary-key", SecretValue.of("canary-value"))));
        }
        assertTrue(psql("SELECT * FROM " + backend.schema() + ".secret").contains("| db"));
        for (String table : List.of("secret", "secret_version", "target", "slot", "flyway_schema_history")) {
            String rows = psql("SELECT * FROM " + backend.schema() + "." + table);
            assertTrue(rows.contains("RECORD 1"), rows);
            for (String word : List.of("canary", PostgresBackend.PASSPHRASE)) {
                assertFalse(rows.contains(word), rows);
                assertFalse(rows.contains(HexFormat.of().formatHex(word.getBytes(UTF_8))), rows);
            }
        }
    }
}
