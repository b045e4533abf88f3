package dev.coffer.crypto;

import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.InvalidException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;

/**
 * A code to print and put away: 160 random bits and 20 bits of checksum, written in Crockford's base 32 as nine groups
 * of four characters, {@code 7K2M-…}. Typed back, case, spaces, dashes, dots and invisible characters do not matter,
 * {@code O} is read as {@code 0}, {@code I} and {@code L} as {@code 1}.
 *
 * <p>The checksum is the first 20 bits of the SHA-256 of the purpose {@code coffer recovery code 1} and the 20 bytes. It
 * catches typos, one in a million of which it misses; that the code is the right one, the slot tells.
 */
public final class RecoveryCode extends Credential {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no I, L, O, U
    private static final int BYTES = 20;
    private static final int DATA_CHARACTERS = BYTES * 8 / 5;
    private static final int CHECK_CHARACTERS = 4;
    private static final int CHARACTERS = DATA_CHARACTERS + CHECK_CHARACTERS;
    private static final int GROUP = 4;
    private static final char MINUS_SIGN = '\u2212'; // a mathematical symbol, not a dash

    private RecoveryCode(byte[] bits) {
        super(bits);
    }

    /** A new random code. */
    public static RecoveryCode random() {
        return of(Random.randBytes(BYTES));
    }

    /** Takes the array over. */
    static RecoveryCode of(byte[] bits) {
        if (bits.length != BYTES) {
            throw new IllegalArgumentException("a recovery code has " + BYTES + " bytes");
        }
        return new RecoveryCode(bits);
    }

    /**
     * Whether the text is a recovery code, checksum and all. The shape alone would not do: a passphrase of 36 letters
     * has it too.
     */
    public static boolean looksLikeOne(char[] typed) {
        try (RecoveryCode code = parse(typed)) {
            return code.kind() == SlotKind.RECOVERY_CODE;
        } catch (InvalidException e) {
            return false;
        }
    }

    /**
     * Reads a code as typed.
     *
     * @throws InvalidException if it is not a recovery code, or has a typo
     */
    public static RecoveryCode parse(char[] typed) {
        char[] canonical = canonical(typed);
        byte[] symbols = {};
        byte[] bits = {};
        byte[] check = {};
        try {
            if (canonical.length != CHARACTERS) {
                throw refused("it has " + canonical.length + " characters instead of " + CHARACTERS);
            }
            symbols = symbols(canonical);
            bits = bits(symbols);
            check = checksum(bits);
            if (!MessageDigest.isEqual(check, Arrays.copyOfRange(symbols, DATA_CHARACTERS, CHARACTERS))) {
                throw refused("its checksum does not match, so it has a typo");
            }
            return of(bits.clone());
        } finally {
            Arrays.fill(canonical, '\0');
            wipe(symbols, bits, check);
        }
    }

    /** The code as it is printed: 44 characters. */
    public char[] revealText() {
        byte[] bits = secret();
        byte[] data = symbolsOf(bits, DATA_CHARACTERS);
        byte[] check = checksum(bits);
        char[] text = new char[CHARACTERS + CHARACTERS / GROUP - 1];
        int at = 0;
        for (int i = 0; i < CHARACTERS; i++) {
            if (i > 0 && i % GROUP == 0) {
                text[at++] = '-';
            }
            text[at++] = ALPHABET.charAt(i < DATA_CHARACTERS ? data[i] : check[i - DATA_CHARACTERS]);
        }
        wipe(bits, data, check);
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
            if (!isSeparator(c)) {
                char upper = Character.toUpperCase(c);
                kept[length++] = upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper;
            }
        }
        char[] canonical = Arrays.copyOf(kept, length);
        Arrays.fill(kept, '\0');
        return canonical;
    }

    /** Whatever a printer, a web page or a word processor puts between groups and at the ends of lines. */
    private static boolean isSeparator(char c) {
        int type = Character.getType(c);
        return Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || type == Character.DASH_PUNCTUATION
                || type == Character.FORMAT
                || c == '.'
                || c == '_'
                || c == MINUS_SIGN;
    }

    private static byte[] symbols(char[] canonical) {
        byte[] symbols = new byte[canonical.length];
        for (int i = 0; i < canonical.length; i++) {
            int symbol = ALPHABET.indexOf(canonical[i]);
            if (symbol < 0) {
                wipe(symbols);
                throw refused("it holds a character that no code has");
            }
            symbols[i] = (byte) symbol;
        }
        return symbols;
    }

    private static byte[] bits(byte[] symbols) {
        byte[] bits = new byte[BYTES];
        for (int bit = 0; bit < BYTES * 8; bit++) {
            int set = symbols[bit / 5] >> (4 - bit % 5) & 1;
            bits[bit / 8] |= (byte) (set << (7 - bit % 8));
        }
        return bits;
    }

    private static byte[] symbolsOf(byte[] bits, int count) {
        byte[] symbols = new byte[count];
        for (int bit = 0; bit < count * 5; bit++) {
            int set = bits[bit / 8] >> (7 - bit % 8) & 1;
            symbols[bit / 5] |= (byte) (set << (4 - bit % 5));
        }
        return symbols;
    }

    private static byte[] checksum(byte[] bits) {
        return symbolsOf(CanonicalBytes.sha256OfKey("coffer recovery code 1", bits), CHECK_CHARACTERS);
    }

    private static void wipe(byte[]... arrays) {
        for (byte[] array : arrays) {
            Arrays.fill(array, (byte) 0);
        }
    }

    private static InvalidException refused(String why) {
        return new InvalidException(
                "this is not a valid recovery code: " + why,
                null,
                String.format(Locale.ROOT, "a code has %d groups of %d letters and digits", CHARACTERS / GROUP, GROUP));
    }
}
