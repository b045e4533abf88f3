package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;

/** Whatever is typed as an attribute has references that can be told apart, or is refused; written out, it has the same. */
class ReferenceTextFuzzTest {
    @FuzzTest
    void attribute(byte[] bytes) {
        try {
            ReferenceText text = ReferenceText.parse(new String(bytes, StandardCharsets.UTF_8));
            assertEquals(text.references(), ReferenceText.parse(text.text()).references());
        } catch (InvalidException e) {
            // The way out that a bad reference has.
        }
    }
}
