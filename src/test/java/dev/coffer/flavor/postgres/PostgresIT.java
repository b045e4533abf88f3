package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.BuiltCommand;
import dev.coffer.BuiltCommand.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built command, with all that it carries, against a server. */
class PostgresIT {
    private final String schema = PostgresServer.newName("command");

    @TempDir
    Path folder;

    private String home = "home";

    private Said coffer(String... arguments) throws Exception {
        return new BuiltCommand(folder, home).run(arguments);
    }

    private String done(String... arguments) throws Exception {
        return new BuiltCommand(folder, home).done(arguments);
    }

    /** What opens the target is not what opens the store of either machine. */
    @Test
    void secondLaptop_joinsWithARecoveryCode_andTheKeysAreRotated() throws Exception {
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "a canary of a passphrase");
        register("team", passphrase);
        done("stack", "register", "team", "--secrets-manager", "team");
        Said early = coffer("key", "slot", "list", "--secrets-manager", "team");
        assertEquals(3, early.code(), early.text());
        done("secret", "register", "api", "--stack", "team", "--set", "token=canary-of-a-value");

        String added = done("key", "slot", "add", "--recovery-code", "--secrets-manager", "team");
        String code =
                added.lines().filter(line -> line.length() == 44).findFirst().orElseThrow();
        String slots = done("key", "slot", "list", "--secrets-manager", "team");
        assertTrue(slots.contains("passphrase") && slots.contains("recovery-code"), slots);
        assertFalse(done("key", "slot", "list").contains("recovery-code"), "the store's own are others");
        done("key", "rotate", "--secrets-manager", "team");
        done("key", "rotate", "--deks", "--secrets-manager", "team");
        String status = done("key", "status", "--secrets-manager", "team");
        assertTrue(status.contains("TARGET") && status.contains("complete"), status);

        home = "second";
        register("theirs", Files.writeString(folder.resolve("code"), code));
        done("stack", "register", "team", "--secrets-manager", "theirs");
        assertTrue(done("secret", "get", "api", "--stack", "team", "--key", "token")
                .contains("canary-of-a-value"));
        Matcher first = Pattern.compile("\"id\":\"([^\"]+)\",\"kind\":\"passphrase\"")
                .matcher(done("key", "slot", "list", "-o", "json", "--secrets-manager", "theirs"));
        assertTrue(first.find());
        Said refused = coffer("key", "slot", "remove", first.group(1), "--revoke", "-y", "--secrets-manager", "theirs");
        assertEquals(10, refused.code(), refused.text());
        done("key", "slot", "remove", first.group(1), "-y", "--secrets-manager", "theirs");

        home = "home";
        assertEquals(5, coffer("secret", "list", "--stack", "team").code());
        assertFalse(PostgresServer.shared().everything(schema).contains("canary"));
    }

    private void register(String name, Path passphrase) throws Exception {
        done("secret", "register", "team-db", "--passphrase=@" + passphrase);
        done(
                "secrets-manager",
                "register",
                name,
                "--flavor",
                "postgres",
                "--url=" + PostgresServer.shared().url(),
                "--user=postgres",
                "--schema=" + schema,
                "--passphrase={{team-db.passphrase}}",
                "--scope=global");
    }

    @AfterEach
    void dropSchema() {
        PostgresServer.shared().dropSchema(schema);
    }

    @Test
    void secrets_ofAStack_areInPostgres_underAPassphraseFromTheStore() throws Exception {
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "a canary of a passphrase");
        register("team", passphrase);
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
