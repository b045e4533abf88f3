package dev.coffer.crypto;

import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.InvalidException;
import java.util.Arrays;
import java.util.Locale;

/**
 * A code to print and put away: 160 random bits and 20 bits of checksum, written in Crockford's base 32 as nine groups
 * of four characters, {@code 7K2M-…}. Typed back, case, spaces, dashes and dots do not matter, {@code O} is read as
 * {@code 0}, {@code I} and {@code L} as {@code 1}.
 */
public final class RecoveryCode extends Credential {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no I, L, O, U
    private static final int BYTES = 20;
    private static final int DATA_CHARACTERS = BYTES * 8 / 5;
    private static final int CHECK_CHARACTERS = 4;
    private static final int CHARACTERS = DATA_CHARACTERS + CHECK_CHARACTERS;
    private static final int GROUP = 4;

    private RecoveryCode(byte[] bits) {
        super(bits);
    }

    /** A new random code. */
    public static RecoveryCode random() {
        return new RecoveryCode(Random.randBytes(BYTES));
    }

    /** Whether the text can only be meant as a recovery code: 36 characters of the alphabet, give or take separators. */
    public static boolean looksLikeOne(char[] typed) {
        char[] canonical = canonical(typed);
        try {
            return canonical.length == CHARACTERS && symbols(canonical) != null;
        } finally {
            Arrays.fill(canonical, '\0');
        }
    }

    /**
     * Reads a code as typed.
     *
     * @throws InvalidException if it is not a recovery code, or has a typo
     */
    public static RecoveryCode parse(char[] typed) {
        char[] canonical = canonical(typed);
        try {
            if (canonical.length != CHARACTERS) {
                throw refused("it has " + canonical.length + " characters instead of " + CHARACTERS);
            }
            int[] symbols = symbols(canonical);
            if (symbols == null) {
                throw refused("it holds a character that no code has");
            }
            byte[] bits = bits(symbols);
            if (!Arrays.equals(symbols, DATA_CHARACTERS, CHARACTERS, checksum(bits), 0, CHECK_CHARACTERS)) {
                Arrays.fill(bits, (byte) 0);
                throw refused("its checksum does not match, so it has a typo");
            }
            return new RecoveryCode(bits);
        } finally {
            Arrays.fill(canonical, '\0');
        }
    }

    /** The code as it is printed: 44 characters. */
    public char[] revealText() {
        byte[] bits = secret();
        int[] data = symbolsOf(bits, DATA_CHARACTERS);
        int[] check = checksum(bits);
        Arrays.fill(bits, (byte) 0);
        char[] text = new char[CHARACTERS + CHARACTERS / GROUP - 1];
        int at = 0;
        for (int i = 0; i < CHARACTERS; i++) {
            if (i > 0 && i % GROUP == 0) {
                text[at++] = '-';
            }
            text[at++] = ALPHABET.charAt(i < DATA_CHARACTERS ? data[i] : check[i - DATA_CHARACTERS]);
        }
        return text;
    }

    @Override
    public SlotKind kind() {
        return SlotKind.RECOVERY_CODE;
    }

    private static char[] canonical(char[] typed) {
        char[] kept = new char[typed.length];
        int length = 0;
        for (char c : typed) {
            if (Character.isWhitespace(c) || c == '-' || c == '.' || c == '_' || c == '\u2013' || c == '\u2014') {
                continue;
            }
            char upper = Character.toUpperCase(c);
            kept[length++] = upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper;
        }
        char[] canonical = Arrays.copyOf(kept, length);
        Arrays.fill(kept, '\0');
        return canonical;
    }

    @SuppressWarnings("ReturnsNullCollection") // null: a character is foreign
    private static int @org.jspecify.annotations.Nullable [] symbols(char[] canonical) {
        int[] symbols = new int[canonical.length];
        for (int i = 0; i < canonical.length; i++) {
            symbols[i] = ALPHABET.indexOf(canonical[i]);
            if (symbols[i] < 0) {
                return null;
            }
        }
        return symbols;
    }

    private static byte[] bits(int[] symbols) {
        byte[] bits = new byte[BYTES];
        for (int bit = 0; bit < BYTES * 8; bit++) {
            int set = symbols[bit / 5] >> (4 - bit % 5) & 1;
            bits[bit / 8] |= (byte) (set << (7 - bit % 8));
        }
        return bits;
    }

    private static int[] symbolsOf(byte[] bits, int count) {
        int[] symbols = new int[count];
        for (int bit = 0; bit < count * 5; bit++) {
            int set = bits[bit / 8] >> (7 - bit % 8) & 1;
            symbols[bit / 5] |= set << (4 - bit % 5);
        }
        return symbols;
    }

    private static int[] checksum(byte[] bits) {
        byte[] digest =
                CanonicalBytes.forPurpose("coffer recovery code 1").add(bits).sha256();
        return symbolsOf(digest, CHECK_CHARACTERS);
    }

    private static InvalidException refused(String why) {
        return new InvalidException(
                "this is not a valid recovery code: " + why,
                null,
                String.format(Locale.ROOT, "a code has %d groups of %d letters and digits", CHARACTERS / GROUP, GROUP));
    }
}
