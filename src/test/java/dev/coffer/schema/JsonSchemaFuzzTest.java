package dev.coffer.schema;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;

/** Whatever stands in a JSON Schema file is a schema for secrets or refused, and nothing is fetched. */
class JsonSchemaFuzzTest {
    @FuzzTest
    void document(byte[] bytes) {
        try {
            new JsonSchemaReader("a.json").read(new String(bytes, StandardCharsets.UTF_8), "fallback");
        } catch (InvalidException e) {
            // The way out that a bad document has.
        }
    }
}
