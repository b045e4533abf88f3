package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built command, with all that it carries, against a server. */
class PostgresIT {
    private static final Path COMMAND =
            Path.of(System.getProperty("coffer.checkout", "")).resolve("bin/coffer");

    private final String schema = PostgresServer.newName("command");

    @TempDir
    Path folder;

    private record Said(int code, String text) {}

    private Said coffer(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(COMMAND.toAbsolutePath().toString()));
        all.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(all).redirectErrorStream(true);
        process.environment().keySet().removeIf(name -> name.startsWith("COFFER_"));
        process.environment().put("COFFER_JAVA_HOME", System.getProperty("java.home"));
        process.environment().put("COFFER_HOME", folder.resolve("home").toString());
        Process started = process.start();
        started.getOutputStream().close();
        String text = new String(started.getInputStream().readAllBytes(), UTF_8);
        return new Said(started.waitFor(), text);
    }

    private String done(String... arguments) throws IOException, InterruptedException {
        Said said = coffer(arguments);
        assertEquals(0, said.code(), said.text());
        return said.text();
    }

    @AfterEach
    void dropSchema() {
        PostgresServer.shared().dropSchema(schema);
    }

    @Test
    void secrets_ofAStack_areInPostgres_underAPassphraseFromTheStore() throws Exception {
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "a canary of a passphrase");
        done("secret", "register", "team-db", "--passphrase=@" + passphrase);
        done(
                "secrets-manager",
                "register",
                "team",
                "--flavor",
                "postgres",
                "--url=" + PostgresServer.shared().url(),
                "--user=postgres",
                "--schema=" + schema,
                "--passphrase={{team-db.passphrase}}",
                "--scope=global");
        done("stack", "register", "team", "--secrets-manager", "team");
        done("secrets-manager", "check", "team");
        done("secret", "register", "api", "--stack", "team", "--set", "token=canary-of-a-value");
        assertTrue(done("secret", "get", "api", "--stack", "team", "--key", "token")
                .contains("canary-of-a-value"));
        assertTrue(done("secret", "list", "--stack", "team").contains("api"));
        done("secret", "update", "api", "--stack", "team", "--set", "token=another");
        assertTrue(done("secret", "history", "api", "--stack", "team").contains("update"));

        String everything = PostgresServer.shared().everything(schema);
        assertTrue(everything.contains("secret_version"), "the search sees the tables");
        assertFalse(everything.contains("canary"));

        done("secret", "delete", "api", "--stack", "team", "-y");
        assertEquals(3, coffer("secret", "get", "api", "--stack", "team").code());
        done("secret", "update", "team-db", "--passphrase=wrong");
        assertEquals(5, coffer("secret", "list", "--stack", "team").code());
        done("secrets-manager", "update", "team", "--url=postgresql://db.example.org/x?sslmode=disable", "-y");
        assertEquals(7, coffer("secret", "list", "--stack", "team").code());
        done("secrets-manager", "update", "team", "--url=postgresql://127.0.0.1:1/x", "-y");
        Said unreachable = coffer("secret", "list", "--stack", "team");
        assertEquals(9, unreachable.code(), unreachable.text());
        assertFalse(unreachable.text().contains("canary"));
    }
}
