package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;

/** Whatever is typed as a recovery code is one or refused, and a code that is printed is read as itself. */
class RecoveryCodeFuzzTest {
    @FuzzTest
    void typedCode(byte[] bytes) {
        char[] typed = new String(bytes, StandardCharsets.UTF_8).toCharArray();
        try (RecoveryCode code = RecoveryCode.parse(typed)) {
            String printed = new String(code.revealText());
            try (RecoveryCode again = RecoveryCode.parse(printed.toCharArray())) {
                assertEquals(printed, new String(again.revealText()));
            }
        } catch (InvalidException e) {
            // The way out that a typo has.
        }
    }
}
