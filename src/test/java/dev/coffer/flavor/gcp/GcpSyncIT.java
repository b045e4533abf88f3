package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.BuiltCommand;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built command, synchronizing with a project in which other tools keep secrets too. */
class GcpSyncIT {
    private final GcpBackend backend = new GcpBackend(Map.of("scope", "none"));

    @TempDir
    Path folder;

    private BuiltCommand coffer;

    @BeforeEach
    void register() throws Exception {
        coffer = new BuiltCommand(folder, "home");
        coffer.done(
                "secrets-manager",
                "register",
                "cloud",
                "--flavor=gcp",
                "--endpoint=" + GcpServer.shared().address(),
                "--project=" + backend.project(),
                "--scope=none");
        GcpServer.shared().plant(backend.project(), "theirs", Map.of("team", "a"), "{\"k\": \"canary-1\"}");
    }

    private String theirs() {
        try (SecretsManager manager = backend.open();
                Secret secret = manager.getSecret(SecretName.of("theirs"))) {
            return secret.value("k").revealText();
        }
    }

    @Test
    void foreignSecrets_areLeftAlone() throws Exception {
        coffer.done("sync", "add", "cloud");
        String pulled = coffer.done("sync", "pull");
        assertTrue(pulled.contains("1 left alone"), pulled);
        assertFalse(coffer.done("secret", "list").contains("theirs"));
        coffer.done("secret", "register", "theirs", "--k=canary-2");
        coffer.run("sync", "push").assertRefused(8, "--adopt");
        assertEquals("canary-1", theirs());
    }

    @Test
    void foreignSecrets_areTakenOver_byATargetThatAdopts() throws Exception {
        coffer.done("sync", "add", "cloud", "--adopt");
        assertTrue(coffer.done("sync", "list").contains("yes"));
        coffer.done("sync", "pull");
        assertTrue(coffer.done("secret", "get", "theirs", "--key", "k").contains("canary-1"));
        coffer.done("secret", "update", "theirs", "--k=canary-2");
        coffer.done("sync", "push");
        assertEquals("canary-2", theirs());
        assertTrue(coffer.done("sync", "apply").contains("nothing to do"));
    }
}
