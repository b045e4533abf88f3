package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every kind of credential. */
class CredentialTest {
    private static Credential of(SlotKind kind) {
        return switch (kind) {
            case PASSPHRASE -> Passphrase.of("correct horse battery staple".getBytes(UTF_8));
            case KEY_FILE -> KeyFile.random();
            case RECOVERY_CODE -> RecoveryCode.random();
            case KEYCHAIN -> KeychainKey.random();
        };
    }

    @ParameterizedTest
    @EnumSource
    void kind_isTheSlots(SlotKind kind) {
        try (Credential credential = of(kind)) {
            assertEquals(kind, credential.kind());
        }
    }

    @ParameterizedTest
    @EnumSource
    void toString_showsTheKindAlone(SlotKind kind) {
        try (Credential credential = of(kind)) {
            assertEquals(kind.text() + " (redacted)", credential.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void useAfterClose_fails(SlotKind kind) {
        Credential credential = of(kind);
        credential.close();
        credential.close();

        assertThrows(IllegalStateException.class, credential::secret);
        try (RootKey rootKey = RootKey.random()) {
            assertThrows(
                    IllegalStateException.class,
                    () -> KeySlot.seal(UUID.randomUUID(), credential, KdfParameters.cheapest(), rootKey));
        }
        if (credential instanceof KeyFile file) {
            assertThrows(IllegalStateException.class, file::keyId);
            assertThrows(IllegalStateException.class, file::revealFileContent);
        } else if (credential instanceof KeychainKey key) {
            assertThrows(IllegalStateException.class, key::keyId);
            assertThrows(IllegalStateException.class, key::revealItemContent);
        } else if (credential instanceof RecoveryCode code) {
            assertThrows(IllegalStateException.class, code::revealText);
        }
        assertEquals(kind.text() + " (redacted)", credential.toString());
    }

    /** Else a close while a slot is made, as on Ctrl-C, makes a slot that zeros open. */
    @ParameterizedTest
    @EnumSource
    void bytesHandedOut_outliveTheCredential(SlotKind kind) {
        Credential credential = of(kind);
        byte[] handedOut = credential.secret();
        byte[] expected = handedOut.clone();
        credential.close();

        assertEquals(Arrays.toString(expected), Arrays.toString(handedOut));
        assertFalse(Arrays.equals(new byte[expected.length], handedOut));
    }
}
