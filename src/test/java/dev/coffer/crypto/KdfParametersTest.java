package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KdfParametersTest {
    private static final String SALT = "AAECAwQFBgcICQoLDA0ODw"; // 16 bytes, 0 to 15

    /**
     * The test vectors of RFC 9106 take 32 KiB, far below the floor. These come from the reference implementation in C
     * behind argon2-cffi 25.1.0, one for each row:
     *
     * <pre>
     * python3 -c 'from argon2.low_level import hash_secret_raw as h, Type; import sys; p, s, t, m, l = sys.argv[1:];
     * print(h(bytes.fromhex(p), bytes.fromhex(s), int(t), int(m), int(l), 32, Type.ID, 19).hex())' PASS SALT T M P
     * </pre>
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            636f727265637420686f727365206261747465727920737461706c65 | 000102030405060708090a0b0c0d0e0f | 2 | 19456 | 1 | 818259b6310026a8e0dbac5d2e6927abcfdb07b32258fac4f61b18b80f929085
            636f727265637420686f727365206261747465727920737461706c65 | 000102030405060708090a0b0c0d0e0f | 3 | 65536 | 4 | 853b272a44db1421c02962669a55eb0994f3cab385ed1c4c79253eee19bab49e
            00ff80 | 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f | 4 | 19459 | 3 | b078a9920cd4fe80ad83add10960b8f06232dddc59d8a465ccb79301ccb0d718
            """)
    void derivation_isThatOfTheReferenceImplementation(
            String passphrase, String salt, int iterations, int memoryKiB, int parallelism, String key) {
        HexFormat hex = HexFormat.of();
        KdfParameters parameters = new KdfParameters(memoryKiB, iterations, parallelism, hex.parseHex(salt));

        assertEquals(key, hex.formatHex(parameters.derive(hex.parseHex(passphrase))));
        assertEquals(key, hex.formatHex(KdfParameters.parse(parameters.format()).derive(hex.parseHex(passphrase))));
    }

    @Test
    void derivation_dependsOnEveryParameter() {
        byte[] salt = new byte[16];
        byte[] otherSalt = Bytes.flipped(salt, 127);
        byte[] passphrase = "x".getBytes(UTF_8);
        String key = Arrays.toString(new KdfParameters(19_456, 2, 1, salt).derive(passphrase));

        for (KdfParameters other : new KdfParameters[] {
            new KdfParameters(19_460, 2, 1, salt),
            new KdfParameters(19_456, 3, 1, salt),
            new KdfParameters(19_456, 2, 2, salt),
            new KdfParameters(19_456, 2, 1, otherSalt),
            new KdfParameters(19_456, 2, 1, new byte[17])
        }) {
            assertNotEquals(key, Arrays.toString(other.derive(passphrase)), other.format());
        }
        assertNotEquals(key, Arrays.toString(new KdfParameters(19_456, 2, 1, salt).derive("x\u0000".getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$argon2id$v=19$m=19456,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=65536,t=3,p=4$" + SALT,
                "$argon2id$v=19$m=1048576,t=20,p=16$" + SALT,
                // 64 bytes, with both characters that base64url writes otherwise
                "$argon2id$v=19$m=19456,t=2,p=1$+/8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                        + "AAAAAAAAAAAAAAAAAAAAAA"
            })
    void text_isWrittenAsItWasRead(String phc) {
        KdfParameters parameters = KdfParameters.parse(phc);

        assertEquals(phc, parameters.format());
        assertEquals(parameters, KdfParameters.parse(parameters.format()));
        assertEquals(parameters.hashCode(), KdfParameters.parse(phc).hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$",
                "argon2id",
                "$keyfile$id=0011223344556677",
                // another function, version or order
                "$argon2i$v=19$m=19456,t=2,p=1$" + SALT,
                "$argon2d$v=19$m=19456,t=2,p=1$" + SALT,
                "$ARGON2ID$v=19$m=19456,t=2,p=1$" + SALT,
                "$argon2id$v=16$m=19456,t=2,p=1$" + SALT,
                "$argon2id$m=19456,t=2,p=1$" + SALT,
                "$argon2id$v=19$t=2,m=19456,p=1$" + SALT,
                // missing, repeated and additional parts
                "$argon2id$v=19$m=19456,t=2$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=1",
                "$argon2id$v=19$m=19456,t=2,p=1$",
                "$argon2id$v=19$m=19456,t=2,p=1,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=1,keyid=AA$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=1$" + SALT + "$AAAA",
                // spaces and line ends
                " $argon2id$v=19$m=19456,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=1$" + SALT + " ",
                "$argon2id$v=19$m=19456,t=2,p=1$" + SALT + "\n",
                "$argon2id$v=19$m=19456, t=2, p=1$" + SALT,
                // numbers that are none, or have another spelling
                "$argon2id$v=19$m=,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=-19456,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=+19456,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=019456,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=02,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=01$" + SALT,
                "$argon2id$v=19$m=0x4c00,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=19456.0,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=१९४५६,t=2,p=1$" + SALT,
                // out of bounds
                "$argon2id$v=19$m=0,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=19455,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=1048577,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=999999999,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=2147483648,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=99999999999999999999,t=2,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=0,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=1,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=21,p=1$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=0$" + SALT,
                "$argon2id$v=19$m=19456,t=2,p=17$" + SALT,
                // salts: 15 bytes, 65 bytes, no base64, base64url, padded, bits left over
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0O",
                "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                        + "AAAAAAAAAAAAAAAAAAAAAAAAA",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0OD",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0O-_",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw==",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODx",
            })
    void otherText_isAnIntegrityFailure(String phc) {
        assertThrows(IntegrityException.class, () -> KdfParameters.parse(phc));
    }

    @Test
    void veryLongText_isRefused() {
        assertThrows(
                IntegrityException.class,
                () -> KdfParameters.parse("$argon2id$v=19$m=19456,t=2,p=1$" + "A".repeat(10_000_000)));
    }

    @Test
    void parametersOutOfBounds_areRefusedWhenMade() {
        byte[] salt = new byte[16];
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_455, 2, 1, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(1_048_577, 2, 1, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(Integer.MIN_VALUE, 2, 1, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_456, 1, 1, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_456, 21, 1, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_456, 2, 0, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_456, 2, 17, salt));
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_456, 2, 1, new byte[15]));
        assertThrows(IntegrityException.class, () -> new KdfParameters(19_456, 2, 1, new byte[65]));
    }

    /** RFC 9106, section 4, second recommended option; and the minimum of the OWASP password storage cheat sheet. */
    @Test
    void presets_areWhatTheirSourcesSay() {
        assertTrue(KdfParameters.recommended().format().startsWith("$argon2id$v=19$m=65536,t=3,p=4$"));
        assertTrue(KdfParameters.cheapest().format().startsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
        assertEquals(16, KdfParameters.recommended().salt().length);
        assertEquals(16, KdfParameters.cheapest().salt().length);
    }

    @Test
    void salts_areFresh() {
        assertFalse(Arrays.equals(
                KdfParameters.recommended().salt(), KdfParameters.recommended().salt()));
        assertFalse(Arrays.equals(
                KdfParameters.cheapest().salt(), KdfParameters.cheapest().salt()));
    }

    @Test
    void salt_isCopiedInAndOut() {
        byte[] salt = new byte[16];
        KdfParameters parameters = new KdfParameters(19_456, 2, 1, salt);
        salt[0] = 1;
        parameters.salt()[1] = 1;

        assertArrayEquals(new byte[16], parameters.salt());
    }

    /** Else the process ends with an OutOfMemoryError, and with a heap dump where one is configured. */
    @Test
    void moreMemoryThanTheProcessHas_isSaidBeforeItIsTaken() {
        KdfParameters parameters = new KdfParameters(65_536, 3, 4, new byte[16]);

        InvalidException e = assertThrows(InvalidException.class, () -> parameters.requireMemory(64L << 20));
        assertEquals(
                "deriving the key takes 64 MiB of memory, and this process has at most 64 MiB for everything",
                e.getMessage());
        assertTrue(e.hint().orElseThrow().contains("-Xmx"));
        parameters.requireMemory(128L << 20);
    }

    @Test
    void toString_saysTheCostAndNotTheSalt() {
        assertEquals(
                "Argon2id, 64 MiB, 3 passes, 4 lanes",
                KdfParameters.recommended().toString());
        assertEquals(
                "Argon2id, 19 MiB, 2 passes, 1 lanes", KdfParameters.cheapest().toString());
    }
}
