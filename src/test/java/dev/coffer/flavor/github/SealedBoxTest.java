package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;

/** Libsodium made the vectors: {@code src/test/python/sealed_boxes.py vectors}. */
class SealedBoxTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static JsonNode vectors() throws IOException {
        try (InputStream in = SealedBoxTest.class.getResourceAsStream("/github/sealed-boxes.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        }
    }

    private static byte[] bytes(JsonNode vector, String name) {
        try {
            return vector.get(name).binaryValue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void seal_withAKnownEphemeralKey_isTheBoxOfLibsodium() throws IOException {
        assertEquals(13, vectors().size());
        for (JsonNode vector : vectors()) {
            byte[] box = SealedBox.seal(
                    bytes(vector, "message"),
                    bytes(vector, "publicKey"),
                    new X25519PrivateKeyParameters(bytes(vector, "ephemeralKey"), 0));
            assertArrayEquals(bytes(vector, "box"), box);
        }
    }

    /** So that what the tests open boxes with is right, too. */
    @Test
    void boxesOfLibsodium_areOpenedByTheTests() throws IOException {
        for (JsonNode vector : vectors()) {
            NaclBox.Keys keys = NaclBox.Keys.of(bytes(vector, "privateKey"), bytes(vector, "publicKey"));
            assertArrayEquals(bytes(vector, "message"), NaclBox.open(bytes(vector, "box"), keys));
            assertArrayEquals(bytes(vector, "message"), NaclBox.open(bytes(vector, "another"), keys));
            byte[] changed = bytes(vector, "another");
            changed[changed.length - 1] ^= 1;
            assertThrows(IllegalArgumentException.class, () -> NaclBox.open(changed, keys));
        }
    }

    @Test
    void seal_ofAnyLength_isOpenedByItsRecipientAlone() {
        NaclBox.Keys keys = NaclBox.Keys.generate();
        NaclBox.Keys others = NaclBox.Keys.generate();
        for (int length = 0; length < 300; length++) {
            byte[] message = new byte[length];
            RANDOM.nextBytes(message);
            byte[] box = SealedBox.seal(message, keys.open(), RANDOM);
            assertEquals(48 + length, box.length);
            assertArrayEquals(message, NaclBox.open(box, keys));
            assertThrows(IllegalArgumentException.class, () -> NaclBox.open(box, others));
        }
    }

    @Test
    void seal_twice_isNeverTheSame() {
        NaclBox.Keys keys = NaclBox.Keys.generate();
        byte[] message = {1, 2, 3};
        byte[] one = SealedBox.seal(message, keys.open(), RANDOM);
        assertFalse(Arrays.equals(one, SealedBox.seal(message, keys.open(), RANDOM)));
        assertArrayEquals(new byte[] {1, 2, 3}, message);
    }

    @Test
    void seal_forWhatIsNoKey_isRefused() {
        byte[] message = {1};
        for (int length : new int[] {0, 31, 33, 64}) {
            byte[] key = new byte[length];
            assertThrows(IllegalArgumentException.class, () -> SealedBox.seal(message, key, RANDOM));
        }
        byte[] givesNoSecret = new byte[32];
        assertThrows(IllegalArgumentException.class, () -> SealedBox.seal(message, givesNoSecret, RANDOM));
        givesNoSecret[0] = 1;
        assertThrows(IllegalArgumentException.class, () -> SealedBox.seal(message, givesNoSecret, RANDOM));
    }
}
