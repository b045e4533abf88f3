package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RootKeyTest {
    @Test
    void twoRandomKeys_differ() {
        try (RootKey one = RootKey.random();
                RootKey other = RootKey.random()) {
            assertEquals(32, one.bytes().length);
            assertFalse(Arrays.equals(one.bytes(), other.bytes()));
        }
    }

    @Test
    void otherLengths_areRefused() {
        for (int length : new int[] {0, 16, 31, 33, 64}) {
            assertThrows(IllegalArgumentException.class, () -> RootKey.of(new byte[length]));
        }
    }

    @Test
    void useAfterClose_fails() {
        RootKey key = RootKey.random();
        key.close();
        key.close();

        assertThrows(IllegalStateException.class, key::bytes);
        assertThrows(IllegalStateException.class, key::aead);
        assertThrows(IllegalStateException.class, key::copy);
    }

    @Test
    void close_overwritesTheKey() {
        byte[] held = filled();
        RootKey.of(held).close();

        assertArrayEquals(new byte[32], held);
    }

    /** Else a close between reading the key and using it, as on Ctrl-C, encrypts under zeros. */
    @Test
    void bytesHandedOut_outliveTheKey() {
        RootKey key = RootKey.of(filled());
        byte[] bytes = key.bytes();
        key.close();

        assertArrayEquals(filled(), bytes);
    }

    @Test
    void copy_outlivesTheKey() {
        RootKey key = RootKey.of(filled());
        try (RootKey copy = key.copy()) {
            key.close();
            assertArrayEquals(filled(), copy.bytes());
        }
    }

    @Test
    void toString_showsNothing() {
        try (RootKey key = RootKey.of(filled())) {
            assertEquals("RootKey(redacted)", key.toString());
        }
    }

    private static byte[] filled() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 0x5a);
        return key;
    }
}
