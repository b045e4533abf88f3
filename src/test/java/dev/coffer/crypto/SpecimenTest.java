package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.secrets.SecretValue;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whoever changes a format has to put in a new specimen: one that does not open sets up nothing. */
class SpecimenTest {
    private final Keyring keyring = Keyring.create();
    private final byte[] blob = keyring.seal(RootKey.of(new byte[Primitives.KEY_BYTES]), Specimen.ZEROS);
    private final SealedContent sealed = Envelope.seal(
            keyring, Specimen.BINDING, ContentJson.encode("specimen", Map.of("key", SecretValue.of("value"))));
    private final byte[] mac = keyring.mac(Specimen.message());

    private String anotherOne() {
        return String.join(
                "\n",
                "the constants of a new one:",
                text(blob),
                Integer.toString(sealed.kekId()),
                text(sealed.wrappedDek()),
                text(sealed.payload()),
                text(mac));
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void open_theSpecimen_givesItsContent() {
        ContentJson.Content content = assertDoesNotThrow(() -> Specimen.open(), this::anotherOne);

        assertEquals("specimen", content.origin());
        assertEquals(Set.of("key"), content.values().keySet());
    }

    @Test
    void open_aNewOne_givesItsContent() {
        assertEquals("specimen", Specimen.open(blob, sealed, mac).origin());
    }
}
