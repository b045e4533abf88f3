package dev.coffer.crypto;

import dev.coffer.secrets.IntegrityException;
import java.io.IOException;
import java.util.Base64;
import java.util.UUID;

/**
 * A keyring and a secret that everybody may know: the root key, the store's id and the secret's are zeros. Opening them
 * sets up what opening a real secret needs, above all Java's providers and Tink, which takes a third of the time of a
 * short-lived process, and which a thread can do beside the reading of the database.
 */
public final class Specimen {
    static final UUID ZEROS = new UUID(0, 0);
    static final Binding BINDING = new Binding("specimen", ZEROS, ZEROS, 1, "arbitrary");

    static CanonicalBytes message() {
        return CanonicalBytes.forPurpose("specimen");
    }

    private static final String KEYRING =
            "AX133jh7OQCcjZVu2tCVQ2qQlEF3FRu3V6Z4ACO0+Fh73RinpTAjS6wRiyrq6jZVNEo63mY3IX9vFsMUmrrrCFhq"
                    + "qW0otPhcPMArEzJbWiARonDtSDa+i6W0cXETk7rPmIcECvT0jS4WOG8X/viL7hWCPcP53wzIwThw+GyhybFW71qI"
                    + "EUvNuHh7dKQfRVNXhVPEnntj4lhzIVWrI5uSVV+nn71DhPXZVZ5sgxjZT0xsKfdpbAyOqsCWkU4/c21Bg9s/RBac"
                    + "gf1iLVstuy3r5SpfHuZPcg+drc7zDv7MLDGKSsZYbumBSdxRCyHX/iCTJxCqbI8y1ZKPblWXG9n6l+lJgOIYWAla"
                    + "G+DLoXBeXuoQllfYtIyaxK8YABUIILIQ5Ir1tku352EsEJL3lRRKucEEUmU9Hl95v+MYIKY4eJNK+Gpcwbc0RKlV"
                    + "Uxki2Z/E3D0rkBtVPsJGktGO3j0bE23qNVauJA0QPEXOredhJLg/eX+lSjPkNNu+lx32TwSJhck8jtTVy0qy9w1U"
                    + "7W9Jt6w=";

    private static final int KEK_ID = -1549435557;
    private static final String WRAPPED_DEK =
            "AaOlfVsffxG0BRB1MP+yj5lCe/xWK+JXOcmfb0aFzQ4u8xaBfM+ZP+gF3HVoigaDok2EG722gCA3x7lzJ+GrmkVl";
    private static final String PAYLOAD =
            "AYsP3TCQ+3niYZxhAzf/vEFk/tgRwEJx0MVGKcwWcC9zvWI1ku1v17iAjb/GIcOVDzxLhOQCwuhYwKeleN/NnDLf"
                    + "WZP7dtI4wOCO1qVohFTVsHTKgd5MNIUH8T4hwvMzVlmkd8OfrRw3mqHbjiLznfOUkyh4c6mTFK86hn9kTdAIPhWi"
                    + "F+OqN+wu4FywrD4V0un7KQMHCunFtOl9F66yIhuYYB/4IGVZwnXwmtKSwGQLmaC6GxY/o5wTasSCXoBDuOIH14HJ"
                    + "laHg2Uh5Bz0ePYjxlxisrRKBSaVfsYhzloMZM8wENpkx9lMiAqHT0DRzNpt1CgJy5D2ZCDZib+Co9T5PNxZv3LO1"
                    + "FQIOp/7SnU9G32q6NBeNEtJ1aq0S";

    private static final String MAC = "AV4CHu5Vwc89HP+fUEWlS7gzFo3tT3/WlFxT/9uK5/GvX0XLyw==";

    private Specimen() {}

    /**
     * Opens it.
     *
     * @return the content
     * @throws IntegrityException if it does not open, which only a broken Java does
     */
    public static ContentJson.Content open() {
        return open(bytes(KEYRING), new SealedContent(KEK_ID, bytes(WRAPPED_DEK), bytes(PAYLOAD)), bytes(MAC));
    }

    static ContentJson.Content open(byte[] blob, SealedContent sealed, byte[] mac) {
        try (RootKey zeros = RootKey.of(new byte[Primitives.KEY_BYTES])) {
            Keyring keyring = Keyring.open(zeros, ZEROS, Keyring.FIRST_GENERATION, blob);
            byte[] content = Envelope.open(keyring, BINDING, sealed, "the specimen");
            if (!keyring.verifies(mac, message())) {
                throw new IntegrityException("the MAC of the specimen is not right", null, null);
            }
            return ContentJson.decode(content);
        } catch (IOException e) {
            throw new IntegrityException("the content of the specimen is not what coffer writes", null, null);
        }
    }

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }
}
