package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** Whatever is typed as a name is a name or refused, and a name stays the same name. */
class SecretNameFuzzTest {
    @FuzzTest
    void name(byte[] bytes) {
        SecretName name;
        try {
            name = SecretName.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (InvalidException e) {
            return;
        }
        String text = name.value();
        assertTrue(Normalizer.isNormalized(text, Normalizer.Form.NFC));
        assertEquals(name, SecretName.of(text));
        assertTrue(text.codePointCount(0, text.length()) <= SecretName.MAX_LENGTH);
        assertTrue(text.codePoints().noneMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c)));
    }
}
