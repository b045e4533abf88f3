package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.IntegrityException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileCipherTest {
    private static final byte[] HEADER = {'h', 'e', 'a', 'd'};
    private static final int SEGMENT = 1 << 20;
    private static final int STREAM_HEADER = 40; // 1 byte length, 32 salt, 7 nonce prefix
    private static final int TAG = 16;

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                SEGMENT - STREAM_HEADER - TAG - 1,
                SEGMENT - STREAM_HEADER - TAG, // the first segment to the brim
                SEGMENT - STREAM_HEADER - TAG + 1,
                2 * SEGMENT - STREAM_HEADER - 2 * TAG, // two segments to the brim
                2 * SEGMENT + 12_345
            })
    void encryptedContent_comesBack(int length) throws IOException {
        byte[] content = randomBytes(length);
        try (RootKey rootKey = RootKey.random();
                FileCipher cipher = FileCipher.random()) {
            byte[] wrapped = cipher.wrap(rootKey, HEADER);
            byte[] body = encrypt(cipher, content);

            assertEquals(60, wrapped.length);
            try (FileCipher again = FileCipher.unwrap(rootKey, wrapped, HEADER, "the backup")) {
                assertArrayEquals(content, decrypt(again, body, HEADER));
            }
        }
    }

    @Test
    void singleBytes_areReadAsTheyAre() throws IOException {
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, new byte[] {0, (byte) 0xff, 7});
            try (InputStream in = cipher.decrypting(new ByteArrayInputStream(body), HEADER)) {
                assertEquals(0, in.read());
                assertEquals(0xff, in.read());
                assertEquals(7, in.read());
                assertEquals(-1, in.read());
                assertEquals(-1, in.read());
            }
        }
    }

    @Test
    void sameContentTwice_givesOtherBytes() throws IOException {
        try (RootKey rootKey = RootKey.random();
                FileCipher cipher = FileCipher.random()) {
            byte[] content = randomBytes(1_000);

            assertFalse(Arrays.equals(encrypt(cipher, content), encrypt(cipher, content)));
            assertFalse(Arrays.equals(cipher.wrap(rootKey, HEADER), cipher.wrap(rootKey, HEADER)));
        }
    }

    @Test
    void wrappedKeyChangedAnywhere_fails() {
        try (RootKey rootKey = RootKey.random();
                FileCipher cipher = FileCipher.random()) {
            byte[] wrapped = cipher.wrap(rootKey, HEADER);
            for (int bit = 0; bit < wrapped.length * 8; bit++) {
                byte[] changed = Bytes.flipped(wrapped, bit);
                assertThrows(IntegrityException.class, () -> FileCipher.unwrap(rootKey, changed, HEADER, "the backup"));
            }
            for (int length = 0; length < wrapped.length; length++) {
                byte[] cut = Arrays.copyOf(wrapped, length);
                assertThrows(IntegrityException.class, () -> FileCipher.unwrap(rootKey, cut, HEADER, "the backup"));
            }
        }
    }

    @Test
    void wrongRootKeyOrHeader_fails() throws IOException {
        try (RootKey rootKey = RootKey.random();
                RootKey other = RootKey.random();
                FileCipher cipher = FileCipher.random()) {
            byte[] wrapped = cipher.wrap(rootKey, HEADER);
            byte[] body = encrypt(cipher, randomBytes(100));
            byte[] otherHeader = {'h', 'e', 'a', 't'};

            assertThrows(IntegrityException.class, () -> FileCipher.unwrap(other, wrapped, HEADER, "the backup"));
            assertThrows(
                    IntegrityException.class, () -> FileCipher.unwrap(rootKey, wrapped, otherHeader, "the backup"));
            assertThrows(IntegrityException.class, () -> decrypt(cipher, body, otherHeader));
        }
    }

    @Test
    void keyOfAnotherLength_fails() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            for (int length : new int[] {0, 16, 31, 33, 64}) {
                byte[] wrapped = rootKey.aead()
                        .encrypt(
                                new byte[length],
                                CanonicalBytes.forPurpose("coffer file key 1")
                                        .add(HEADER)
                                        .toByteArray());
                assertThrows(IntegrityException.class, () -> FileCipher.unwrap(rootKey, wrapped, HEADER, "the backup"));
            }
        }
    }

    @Test
    void smallBodyChangedAnywhere_fails() throws IOException {
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, randomBytes(50));
            for (int bit = 0; bit < body.length * 8; bit++) {
                byte[] changed = Bytes.flipped(body, bit);
                assertThrows(IntegrityException.class, () -> decrypt(cipher, changed, HEADER), "bit " + bit);
            }
        }
    }

    @Test
    void largeBodyChangedAtRandom_fails() throws IOException {
        Random random = new Random(20260101);
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, randomBytes(2 * SEGMENT + 100));
            for (int i = 0; i < 20; i++) {
                int bit = random.nextInt(body.length * 8);
                assertThrows(
                        IntegrityException.class,
                        () -> decrypt(cipher, Bytes.flipped(body, bit), HEADER),
                        "bit " + bit);
            }
        }
    }

    @Test
    void bodyCutAnywhere_fails() throws IOException {
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, randomBytes(50));
            for (int length = 0; length < body.length; length++) {
                byte[] cut = Arrays.copyOf(body, length);
                assertThrows(IntegrityException.class, () -> decrypt(cipher, cut, HEADER), length + " bytes");
            }
        }
    }

    /** A cut between two segments leaves only whole ones, each of which is sound by itself. */
    @Test
    void bodyCutAtASegmentBorder_fails() throws IOException {
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, randomBytes(2 * SEGMENT + 100));
            for (int border : new int[] {STREAM_HEADER, SEGMENT, 2 * SEGMENT}) {
                for (int length = border - 1; length <= border + 1; length++) {
                    byte[] cut = Arrays.copyOf(body, length);
                    assertThrows(IntegrityException.class, () -> decrypt(cipher, cut, HEADER), length + " bytes");
                }
            }
        }
    }

    @Test
    void segmentsMovedRepeatedOrAppended_fail() throws IOException {
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, randomBytes(3 * SEGMENT));
            byte[] second = Arrays.copyOfRange(body, SEGMENT, 2 * SEGMENT);
            byte[] third = Arrays.copyOfRange(body, 2 * SEGMENT, 3 * SEGMENT);
            byte[] swapped = body.clone();
            System.arraycopy(third, 0, swapped, SEGMENT, SEGMENT);
            System.arraycopy(second, 0, swapped, 2 * SEGMENT, SEGMENT);
            byte[] repeated = body.clone();
            System.arraycopy(second, 0, repeated, 2 * SEGMENT, SEGMENT);

            assertThrows(IntegrityException.class, () -> decrypt(cipher, swapped, HEADER));
            assertThrows(IntegrityException.class, () -> decrypt(cipher, repeated, HEADER));
            assertThrows(IntegrityException.class, () -> decrypt(cipher, Arrays.copyOf(body, body.length + 1), HEADER));
        }
    }

    @Test
    void readingOnAfterAnError_failsAgain() throws IOException {
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = Bytes.flipped(encrypt(cipher, randomBytes(50)), 8 * (STREAM_HEADER + 3));
            try (InputStream in = cipher.decrypting(new ByteArrayInputStream(body), HEADER)) {
                assertThrows(IntegrityException.class, in::read);
                assertThrows(IntegrityException.class, in::read);
                assertThrows(IntegrityException.class, () -> in.read(new byte[10]));
            }
        }
    }

    /** A disk that cannot be read is no sign of tampering. */
    @Test
    void troubleOfTheSource_staysAnIoException() throws IOException {
        IOException trouble = new IOException("Input/output error");
        try (FileCipher cipher = FileCipher.random()) {
            byte[] body = encrypt(cipher, randomBytes(2 * SEGMENT));
            for (int good : new int[] {0, 10, STREAM_HEADER, SEGMENT, SEGMENT + 10}) {
                InputStream in =
                        cipher.decrypting(new FailingAfter(new ByteArrayInputStream(body), good, trouble), HEADER);
                assertSame(trouble, assertThrows(IOException.class, in::readAllBytes), good + " bytes");
            }
        }
    }

    @Test
    void message_namesTheFile() throws IOException {
        try (RootKey rootKey = RootKey.random();
                FileCipher cipher = FileCipher.random()) {
            byte[] wrapped = cipher.wrap(rootKey, HEADER);
            byte[] body = encrypt(cipher, randomBytes(50));
            FileCipher again = FileCipher.unwrap(rootKey, wrapped, HEADER, "the backup x.coffer");

            IntegrityException cut = assertThrows(
                    IntegrityException.class, () -> decrypt(again, Arrays.copyOf(body, body.length - 1), HEADER));
            assertEquals("the backup x.coffer was changed, cut off or is damaged", cut.getMessage());
            assertEquals("the backup x.coffer", cut.name().orElseThrow());
            assertNotNull(cut.hint().orElse(null));
        }
    }

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

    @Test
    void streamsMadeBeforeClose_goOn() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        FileCipher cipher = FileCipher.random();
        try (RootKey rootKey = RootKey.random()) {
            byte[] wrapped = cipher.wrap(rootKey, HEADER);
            try (OutputStream out = cipher.encrypting(body, HEADER)) {
                cipher.close();
                out.write(new byte[] {1, 2, 3});
            }
            try (FileCipher again = FileCipher.unwrap(rootKey, wrapped, HEADER, "the backup")) {
                assertArrayEquals(new byte[] {1, 2, 3}, decrypt(again, body.toByteArray(), HEADER));
            }
        }
    }

    private static byte[] encrypt(FileCipher cipher, byte[] content) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (OutputStream out = cipher.encrypting(body, HEADER)) {
            out.write(content);
        }
        return body.toByteArray();
    }

    private static byte[] decrypt(FileCipher cipher, byte[] body, byte[] header) throws IOException {
        try (InputStream in = cipher.decrypting(new ByteArrayInputStream(body), header)) {
            return in.readAllBytes();
        }
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static final class FailingAfter extends FilterInputStream {
        private final IOException trouble;
        private int left;

        FailingAfter(InputStream in, int good, IOException trouble) {
            super(in);
            this.left = good;
            this.trouble = trouble;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                throw trouble;
            }
            int read = super.read(buffer, offset, Math.min(left, length));
            left -= read;
            return read;
        }
    }
}
