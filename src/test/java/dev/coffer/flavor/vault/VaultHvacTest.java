package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Together with {@code hvac}, the client for Python. */
@Tag("servers")
class VaultHvacTest extends VaultClientsContract {
    private static final Path NOT_GIVEN = Path.of("");

    private final Path checkout = Path.of(System.getProperty("coffer.checkout", ""));

    private Path python() {
        Path given = Path.of(System.getProperty("coffer.python", ""));
        Path python = given.equals(NOT_GIVEN) ? checkout.resolve("target/python/bin/python") : given;
        if (!Files.isExecutable(python)) {
            throw new IllegalStateException("there is no Python at " + python + "; this makes it: python3 -m venv"
                    + " target/python && target/python/bin/pip install -r src/test/python/requirements.txt");
        }
        return python;
    }

    @Override
    JsonNode client(String action, String mount, int version, String path, String input) throws Exception {
        String script = checkout.resolve("src/test/python/vault_kv.py").toString();
        ProcessBuilder program = new ProcessBuilder(
                python().toString(), "-X", "utf8", script, action, mount, String.valueOf(version), path);
        program.environment().put("VAULT_ADDR", server().address().toString());
        program.environment().put("VAULT_TOKEN", server().rootToken());
        Said said = run(program, input);
        assertEquals(0, said.code());
        return said.json();
    }
}
