package dev.coffer.flavor.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What coffer writes, a client of another maker reads, and the other way round. */
abstract class VaultClientsContract implements AgainstVault {
    private static final List<String> NAMES = List.of("db", "prod/db", "gr\u00f6\u00dfe/\u540d", "a.b_c-d", "X", "x");

    /**
     * Lets the client read, write or list.
     *
     * @param input the JSON to write
     * @return the entry's content, or the names; JSON's null of an entry that there is not
     */
    abstract JsonNode client(String action, String mount, int version, String path, String input) throws Exception;

    /** What a program prints. */
    record Said(int code, byte[] out) {
        JsonNode json() throws IOException {
            return VaultClient.json().readTree(out);
        }
    }

    /** Runs a program to its end; what it has to say on stderr is shown. */
    static Said run(ProcessBuilder program, String input) throws Exception {
        Process process = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (InputStream out = process.getInputStream()) {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            }
            byte[] said = out.readAllBytes();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the client does not end");
            return new Said(process.exitValue(), said);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Secret secret(SecretName name, String value) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("user", SecretValue.of("ada"));
        content.put("password", SecretValue.of(value));
        return Secret.of(name, content);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatCofferWrote_isReadByTheClient(int version) throws Exception {
        String value = "  p\u00e4ss\u0000 \ud83d\udd11 <&>\r\n";
        VaultBackend backend = newBackend(version, Map.of("scope", "global"));
        try (SecretsManager manager = backend.open()) {
            for (String text : NAMES) {
                try (Secret secret = secret(SecretName.of(text), value)) {
                    manager.registerSecret(secret);
                }
                JsonNode read = client("read", backend.mount(), version, "coffer/global/" + text, "");
                assertEquals("ada", read.path("user").asText());
                assertEquals(value, read.path("password").asText());
            }
            assertEquals(
                    "[\"X\",\"a.b_c-d\",\"db\",\"gr\u00f6\u00dfe/\",\"prod/\",\"x\"]",
                    client("list", backend.mount(), version, "coffer/global", "")
                            .toString());

            SecretName db = SecretName.of("db");
            manager.deleteSecret(db);
            assertTrue(client("read", backend.mount(), version, "coffer/global/db", "")
                    .isNull());
        } finally {
            backend.cleanUp();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatTheClientWrote_isReadByCoffer_andChangedOnceItIsAdopted(int version) throws Exception {
        VaultBackend backend = newBackend(version, Map.of("scope", "none"));
        String written = "{\"user\":\"ada\",\"password\":\"p\u00e4ss\",\"port\":5432,\"more\":{\"a\":[true,null]}}";
        try (SecretsManager manager = backend.open()) {
            for (String text : NAMES) {
                SecretName name = SecretName.of(text);
                client("write", backend.mount(), version, text, written);
                try (Secret read = manager.getSecret(name)) {
                    assertEquals("p\u00e4ss", read.value("password").revealText());
                    assertEquals("5432", read.value("port").revealText());
                    assertEquals("{\"a\":[true,null]}", read.value("more").revealText());
                }
                assertThrows(ConflictException.class, () -> manager.updateSecret(secret(name, "new")));
                ((Owned) manager).adopt(name);
                JsonNode adopted = client("read", backend.mount(), version, text, "");
                assertEquals(5432, adopted.path("port").intValue());
                manager.updateSecret(secret(name, "new"));
                JsonNode read = client("read", backend.mount(), version, text, "");
                assertEquals("new", read.path("password").asText());
                assertTrue(read.path("port").isMissingNode(), "an update replaces the whole secret");
            }
            assertEquals(NAMES.stream().map(SecretName::of).sorted().toList(), manager.getAllSecretKeys());
        } finally {
            backend.cleanUp();
        }
    }
}
