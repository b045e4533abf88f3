package dev.coffer.flavor.github;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * Opens sealed boxes with nothing of what seals them: X25519 is the JDK's, Salsa20, Poly1305 and BLAKE2b are written here
 * from their descriptions, to be read and not to be quick.
 */
final class NaclBox {
    private static final BigInteger P1305 = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));
    private static final BigInteger CLAMP = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16);
    private static final long[] BLAKE2B_IV = {
        0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
        0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
    };
    private static final String[] BLAKE2B_SIGMA = {
        "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
        "905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a",
        "6fe9b308c2d714a5", "a2847615fb9e3cd0"
    };

    private NaclBox() {}

    /** A key pair of X25519. */
    record Keys(PrivateKey secret, byte[] open) {
        static Keys generate() {
            try {
                KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
                byte[] open = littleEndian(((XECPublicKey) pair.getPublic()).getU(), 32);
                return new Keys(pair.getPrivate(), open);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        static Keys of(byte[] secret, byte[] open) {
            try {
                return new Keys(
                        KeyFactory.getInstance("X25519")
                                .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)),
                        open);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * The message in a sealed box.
     *
     * @throws IllegalArgumentException if it was sealed for another, or changed
     */
    static byte[] open(byte[] box, Keys keys) {
        if (box.length < 48) {
            throw new IllegalArgumentException("too short for a sealed box");
        }
        byte[] ephemeral = Arrays.copyOf(box, 32);
        byte[] nonce = blake2b24(concat(ephemeral, keys.open()));
        int[] zero = new int[4];
        byte[] key = hsalsa20(agree(keys.secret(), ephemeral), zero);
        byte[] inner = hsalsa20(key, ints(Arrays.copyOf(nonce, 16)));
        byte[] sealed = Arrays.copyOfRange(box, 48, box.length);
        byte[] stream = salsa20(inner, Arrays.copyOfRange(nonce, 16, 24), 32 + sealed.length);
        byte[] tag = poly1305(Arrays.copyOf(stream, 32), sealed);
        if (!Arrays.equals(tag, Arrays.copyOfRange(box, 32, 48))) {
            throw new IllegalArgumentException("the box does not open");
        }
        for (int i = 0; i < sealed.length; i++) {
            sealed[i] ^= stream[32 + i];
        }
        return sealed;
    }

    private static byte[] agree(PrivateKey secret, byte[] other) {
        try {
            byte[] masked = other.clone();
            masked[31] &= 0x7f;
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(secret);
            agreement.doPhase(
                    KeyFactory.getInstance("X25519")
                            .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, number(masked))),
                    true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no key", e);
        }
    }

    // Salsa20

    private static int[] rounds(int[] in) {
        int[] x = in.clone();
        for (int i = 0; i < 10; i++) {
            for (int c = 0; c < 4; c++) { // columns
                quarter(x, 5 * c % 16, (5 * c + 4) % 16, (5 * c + 8) % 16, (5 * c + 12) % 16);
            }
            for (int r = 0; r < 4; r++) { // rows
                quarter(x, 5 * r, 4 * r + (r + 1) % 4, 4 * r + (r + 2) % 4, 4 * r + (r + 3) % 4);
            }
        }
        return x;
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
        x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
        x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
        x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
    }

    private static int[] state(byte[] key, int[] middle) {
        int[] sigma = ints("expand 32-byte k".getBytes(StandardCharsets.US_ASCII));
        int[] k = ints(key);
        return new int[] {
            sigma[0], k[0], k[1], k[2], k[3], sigma[1], middle[0], middle[1], middle[2], middle[3], sigma[2], k[4],
            k[5], k[6], k[7], sigma[3]
        };
    }

    private static byte[] hsalsa20(byte[] key, int[] middle) {
        int[] x = rounds(state(key, middle));
        return bytes(x[0], x[5], x[10], x[15], x[6], x[7], x[8], x[9]);
    }

    private static byte[] salsa20(byte[] key, byte[] nonce, int length) {
        byte[] stream = new byte[length];
        int[] n = ints(nonce);
        for (int block = 0; block * 64 < length; block++) {
            int[] in = state(key, new int[] {n[0], n[1], block, 0});
            int[] x = rounds(in);
            for (int i = 0; i < 16; i++) {
                x[i] += in[i];
            }
            System.arraycopy(bytes(x), 0, stream, block * 64, Math.min(64, length - block * 64));
        }
        return stream;
    }

    // Poly1305

    private static byte[] poly1305(byte[] key, byte[] message) {
        BigInteger r = number(Arrays.copyOf(key, 16)).and(CLAMP);
        BigInteger sum = BigInteger.ZERO;
        for (int at = 0; at < message.length; at += 16) {
            byte[] block = Arrays.copyOfRange(message, at, Math.min(at + 16, message.length));
            sum = sum.add(number(concat(block, new byte[] {1}))).multiply(r).mod(P1305);
        }
        return littleEndian(sum.add(number(Arrays.copyOfRange(key, 16, 32))), 16);
    }

    // BLAKE2b of one block, to 24 bytes

    private static byte[] blake2b24(byte[] message) {
        long[] m = new long[16];
        ByteBuffer.wrap(Arrays.copyOf(message, 128))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(m);
        long[] h = BLAKE2B_IV.clone();
        h[0] ^= 0x01010000 ^ 24;
        long[] v = Arrays.copyOf(h, 16);
        System.arraycopy(BLAKE2B_IV, 0, v, 8, 8);
        v[12] ^= message.length;
        v[14] = ~v[14];
        for (int round = 0; round < 12; round++) {
            String s = BLAKE2B_SIGMA[round % 10];
            for (int i = 0; i < 8; i++) {
                int shift = i / 4;
                int a = i % 4;
                mix(
                        v,
                        a,
                        4 + (a + shift) % 4,
                        8 + (a + 2 * shift) % 4,
                        12 + (a + 3 * shift) % 4,
                        m[Character.digit(s.charAt(2 * i), 16)],
                        m[Character.digit(s.charAt(2 * i + 1), 16)]);
            }
        }
        ByteBuffer out = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 3; i++) {
            out.putLong(h[i] ^ v[i] ^ v[i + 8]);
        }
        return out.array();
    }

    private static void mix(long[] v, int a, int b, int c, int d, long x, long y) {
        v[a] += v[b] + x;
        v[d] = Long.rotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = Long.rotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 63);
    }

    // Little-endian numbers

    private static int[] ints(byte[] bytes) {
        int[] ints = new int[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ints);
        return ints;
    }

    private static byte[] bytes(int... ints) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * ints.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int one : ints) {
            bytes.putInt(one);
        }
        return bytes.array();
    }

    private static BigInteger number(byte[] littleEndian) {
        byte[] reversed = new byte[littleEndian.length];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = littleEndian[reversed.length - 1 - i];
        }
        return new BigInteger(1, reversed);
    }

    private static byte[] littleEndian(BigInteger number, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
