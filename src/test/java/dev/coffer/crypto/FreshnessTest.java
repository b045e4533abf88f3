package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** No DEK and no nonce is used twice. A system property {@code coffer.campaign=long} makes a million of each. */
class FreshnessTest {
    private static final int SEALS = "long".equals(System.getProperty("coffer.campaign")) ? 1_000_000 : 100_000;
    private static final Binding BINDING = new Binding("secret", new UUID(0, 1), new UUID(0, 2), 1, "arbitrary");
    private static final byte[] DEK_ASSOCIATED_DATA = CanonicalBytes.forPurpose("coffer dek 1")
            .add(1L)
            .add("secret")
            .add(new UUID(0, 1))
            .add(new UUID(0, 2))
            .add(1L)
            .add("arbitrary")
            .add(0L)
            .add(0L)
            .toByteArray();

    private record Nonce(long first, int last) {
        static Nonce at(byte[] bytes, int offset) {
            ByteBuffer in = ByteBuffer.wrap(bytes, offset, 12);
            return new Nonce(in.getLong(), in.getInt());
        }
    }

    /** Half of a DEK does: 128 bits meet by chance never, and take half the memory. */
    private record HalfDek(long first, long second) {}

    @Test
    void deksAndNonces_areNeverUsedTwice() throws GeneralSecurityException {
        Keyring keyring = Keyring.create();
        Set<Nonce> underTheKek = new HashSet<>(4 * SEALS);
        Set<Nonce> underTheDek = new HashSet<>(2 * SEALS);
        Set<HalfDek> deks = new HashSet<>(2 * SEALS);
        byte[] content = new byte[10];
        for (int i = 0; i < SEALS; i++) {
            SealedContent sealed = Envelope.seal(keyring, BINDING, content);
            assertTrue(underTheKek.add(Nonce.at(sealed.wrappedDek(), 5)), "a nonce under the KEK was used twice");
            assertTrue(underTheDek.add(Nonce.at(sealed.payload(), 1)), "a nonce of a payload was used twice");
            ByteBuffer dek = ByteBuffer.wrap(keyring.unwrap(sealed.kekId(), sealed.wrappedDek(), DEK_ASSOCIATED_DATA));
            assertTrue(deks.add(new HalfDek(dek.getLong(1), dek.getLong(9))), "a DEK was used twice");

            SealedContent again = Envelope.rewrap(keyring, BINDING, sealed, "it");
            assertTrue(underTheKek.add(Nonce.at(again.wrappedDek(), 5)), "rewrapping used a nonce twice");
        }
    }

    @Test
    void noncesUnderTheRootKeyAndTheSlotKey_areNeverUsedTwice() {
        UUID store = new UUID(0, 1);
        Keyring keyring = Keyring.create();
        Set<Nonce> underTheRootKey = new HashSet<>();
        Set<Nonce> underTheKeyFile = new HashSet<>();
        try (RootKey rootKey = RootKey.random();
                FileCipher cipher = FileCipher.random();
                KeyFile key = KeyFile.random()) {
            KdfParameters unused = KdfParameters.cheapest();
            for (int i = 0; i < SEALS / 20; i++) {
                assertTrue(underTheRootKey.add(Nonce.at(keyring.seal(rootKey, store), 1)), "keyring");
                assertTrue(underTheRootKey.add(Nonce.at(cipher.wrap(rootKey, new byte[0]), 0)), "file key");
                KeySlot slot = KeySlot.seal(store, key, unused, rootKey);
                assertTrue(underTheKeyFile.add(Nonce.at(slot.wrappedRootKey(), 0)), "slot");
            }
        }
    }
}
