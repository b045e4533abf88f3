package dev.coffer.flavor.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Together with {@code bao}, OpenBao's own command. */
@Tag("servers")
class OpenBaoCommandTest extends VaultClientsContract implements AgainstOpenBao {
    private static final int NO_VALUE = 2;

    @TempDir
    Path home;

    private Said bao(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(product().binary().toString(), "bao"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder program = new ProcessBuilder(command);
        program.environment()
                .putAll(Map.of(
                        "HOME", home.toString(),
                        "BAO_ADDR", server().address().toString(),
                        "BAO_TOKEN", server().rootToken()));
        return run(program, input);
    }

    @Override
    JsonNode client(String action, String mount, int version, String path, String input) throws Exception {
        String where = "-mount=" + mount;
        return switch (action) {
            case "read" -> {
                Said said = bao("", "kv", "get", where, "-format=json", path);
                yield said.code() == NO_VALUE
                        ? NullNode.getInstance()
                        : done(said).json().at(version == 2 ? "/data/data" : "/data");
            }
            case "list" ->
                done(bao("", "kv", "list", where, "-format=json", path)).json();
            default -> {
                done(bao(input, "kv", "put", where, path, "-"));
                yield NullNode.getInstance();
            }
        };
    }

    private static Said done(Said said) {
        assertEquals(0, said.code());
        return said;
    }

    @Test
    void secretOfANamespace_isReadThere() throws Exception {
        String namespace = "team-" + UUID.randomUUID();
        VaultBackend backend = newBackend(2, Map.of());
        done(bao("", "namespace", "create", namespace));
        done(bao("", "secrets", "enable", "-namespace=" + namespace, "-version=2", "-path=team/kv", "kv"));
        SecretName db = SecretName.of("db");
        try (SecretsManager manager = backend.open(
                        "here", Map.of("vault-namespace", namespace, "mount-point", "team/kv", "scope", "global"));
                Secret secret = Secret.of(db, Map.of("k", SecretValue.of("v")))) {
            manager.registerSecret(secret);
            Said said =
                    bao("", "kv", "get", "-namespace=" + namespace, "-mount=team/kv", "-field=k", "coffer/global/db");
            assertEquals("v", new String(done(said).out(), UTF_8).strip());

            done(bao("", "kv", "put", "-namespace=" + namespace, "-mount=team/kv", "coffer/global/theirs", "k=theirs"));
            try (Secret read = manager.getSecret(SecretName.of("theirs"))) {
                assertEquals("theirs", read.value("k").revealText());
            }
        } finally {
            backend.cleanUp();
        }
    }
}
