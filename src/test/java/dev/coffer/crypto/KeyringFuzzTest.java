package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;

/** Whatever stands in the place of a keyring, of the parameters of a slot or of a key file opens or is refused. */
class KeyringFuzzTest {
    private static final UUID STORE = new UUID(1, 2);

    @FuzzTest
    void blob(byte[] bytes) {
        try (RootKey rootKey = RootKey.of(new byte[32])) {
            Keyring.open(rootKey, STORE, 1, bytes);
        } catch (IntegrityException e) {
            // The way out that a changed keyring has.
        }
    }

    /** What is inside of the encryption: a holder of the root key may have written it. */
    @FuzzTest
    void content(byte[] bytes) throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.of(new byte[32])) {
            byte[] associatedData = CanonicalBytes.forPurpose("coffer keyring 1")
                    .add((byte) 1)
                    .add(STORE)
                    .add(1L)
                    .toByteArray();
            ByteArrayOutputStream blob = new ByteArrayOutputStream();
            blob.write(1);
            blob.writeBytes(rootKey.aead().encrypt(bytes, associatedData));
            Keyring keyring = Keyring.open(rootKey, STORE, 1, blob.toByteArray());
            Keyring again = Keyring.open(rootKey, STORE, 1, keyring.seal(rootKey, STORE));
            assertEquals(keyring.kekIds(), again.kekIds());
        } catch (IntegrityException e) {
            // The way out that a changed keyring has.
        }
    }

    @FuzzTest
    void derivationParameters(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            assertEquals(text, KdfParameters.parse(text).format());
        } catch (IntegrityException e) {
            // The way out that changed parameters have.
        }
    }
}
