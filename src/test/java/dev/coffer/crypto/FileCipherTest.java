package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class FileCipherTest {
    private static final byte[] HEADER = {'h', 'e', 'a', 'd'};

    /** It used to go on with a key of zeros. */
    @Test
    void useAfterClose_fails() {
        FileCipher cipher = FileCipher.random();
        cipher.close();
        cipher.close();

        try (RootKey rootKey = RootKey.random()) {
            assertThrows(IllegalStateException.class, () -> cipher.wrap(rootKey, HEADER));
        }
        assertThrows(IllegalStateException.class, () -> cipher.encrypting(OutputStream.nullOutputStream(), HEADER));
        assertThrows(
                IllegalStateException.class, () -> cipher.decrypting(new ByteArrayInputStream(new byte[100]), HEADER));
    }
}
