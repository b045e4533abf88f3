package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.InvalidException;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeychainKeyTest {
    private static final String LINE = "coffer-keychain-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:b20e190d";

    @Test
    void content_comesBack() {
        try (KeychainKey key = KeychainKey.random();
                KeychainKey read = KeychainKey.parse(key.revealItemContent())) {
            assertArrayEquals(key.secret(), read.secret());
            assertEquals(key.keyId(), read.keyId());
            assertFalse(new String(key.revealItemContent(), US_ASCII).contains("\n"));
        }
    }

    /** Written once: items in keychains have to stay readable. */
    @Test
    void itemAndSlotOfTheFirstVersion_open() {
        KeySlot slot = new KeySlot(
                UUID.fromString("890552fb-f36c-4c4b-b70e-38f1f8e2bb09"),
                SlotKind.KEYCHAIN,
                "$keychain$id=4e586186c86e1706",
                HexFormat.of()
                        .parseHex(
                                "9209c4ac75c6e7870148d2209da81e36b367575b8b2a54b48b867968822f2944e6de3eedf9488120a6b47073006ed562f585c0c068d4a502753e6d91"),
                HexFormat.of().parseHex("8fe06abf5107a94de2ebb5ad049305af6a69fcd00bfab18a589826ca72e67fe8"));
        try (KeychainKey key = KeychainKey.parse(LINE.getBytes(US_ASCII));
                RootKey root = slot.open(UUID.fromString("6a1f0f1e-50c5-4c39-9d6b-0a5ad0a5d4f1"), key)) {
            assertEquals("4e586186c86e1706", key.keyId());
            assertEquals(
                    "a4ff0601fd94b9d6b8fa662fa7d4eccb51542af552bc5e812dbde0f4b1601ce7",
                    HexFormat.of().formatHex(root.bytes()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:b20e190d",
                "coffer-keychain-v2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:b20e190d",
                "coffer-keychain-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:00000000",
                "coffer-keychain-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:b20e190d\n",
                "coffer-keychain-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh:b20e190d",
            })
    void anythingElse_isInvalid_andNotQuoted(String content) {
        InvalidException e =
                assertThrows(InvalidException.class, () -> KeychainKey.parse(content.getBytes(ISO_8859_1)));
        assertFalse(e.getMessage().contains("AAEC"), e.getMessage());
    }
}
