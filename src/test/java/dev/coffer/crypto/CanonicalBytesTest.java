package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CanonicalBytesTest {
    /** The bytes are part of every format: this example never changes. */
    @Test
    void layout_isFixed() {
        byte[] bytes = CanonicalBytes.forPurpose("coffer head 1")
                .add(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"))
                .add("naïve \ud83d\ude00")
                .add(-2L)
                .add(true)
                .add(new byte[] {7, 0})
                .add("")
                .toByteArray();

        assertEquals(
                "0000000d" + "636f666665722068656164203" + "1"
                        + "00000010" + "00112233445566778899aabbccddeeff"
                        + "0000000b" + "6e61c3af766520f09f9880"
                        + "00000008" + "fffffffffffffffe"
                        + "00000008" + "0000000000000001"
                        + "00000002" + "0700"
                        + "00000000",
                HexFormat.of().formatHex(bytes));
    }

    @Test
    void digest_isSha256OfTheBytes() throws NoSuchAlgorithmException {
        CanonicalBytes bytes = CanonicalBytes.forPurpose("test 1").add("x".repeat(1_000));

        assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()), bytes.sha256());
        assertEquals(32, bytes.sha256().length);
    }

    @Test
    void digestOfAKey_isThatOfPurposeAndKey() {
        byte[] key = "k".repeat(32).getBytes(StandardCharsets.US_ASCII);

        assertArrayEquals(
                CanonicalBytes.forPurpose("test 1").add(key).sha256(), CanonicalBytes.sha256OfKey("test 1", key));
        assertEquals("k".repeat(32), new String(key, StandardCharsets.US_ASCII));
    }

    @Test
    void bytes_areACopy() {
        CanonicalBytes bytes = CanonicalBytes.forPurpose("test 1");
        bytes.toByteArray()[4] = 0;

        assertEquals("test 1", new String(bytes.toByteArray(), 4, 6, StandardCharsets.UTF_8));
    }
}
