package dev.coffer.schema;

import dev.coffer.secrets.SecretValue;
import java.util.Arrays;

/** Forms that a value can be held against. A value is only looked at: it is stored as it came. */
enum ValueFormat implements ValueRule {
    /** What ZenML declared as a boolean. */
    TRUE_OR_FALSE("true or false") {
        @Override
        boolean accepts(byte[] utf8) {
            return isWord(utf8, "true") || isWord(utf8, "false");
        }
    },

    /** A switch of KServe: ZenML declared it as text, and KServe's documentation writes 1 and 0. */
    SWITCH("true, false, 1 or 0") {
        @Override
        boolean accepts(byte[] utf8) {
            return TRUE_OR_FALSE.accepts(utf8) || isWord(utf8, "1") || isWord(utf8, "0");
        }
    },

    /** One JSON object (RFC 8259) and nothing else. */
    JSON_OBJECT("a JSON object") {
        @Override
        boolean accepts(byte[] utf8) {
            return JsonText.isObject(utf8);
        }
    };

    private final String phrase;

    ValueFormat(String phrase) {
        this.phrase = phrase;
    }

    @Override
    public String phrase() {
        return phrase;
    }

    abstract boolean accepts(byte[] utf8);

    @Override
    public final boolean accepts(SecretValue value) {
        byte[] utf8 = value.revealUtf8();
        try {
            return accepts(utf8);
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    /** Whether the text is that word of small ASCII letters or digits, in small or capital letters. */
    private static boolean isWord(byte[] utf8, String word) {
        if (utf8.length != word.length()) {
            return false;
        }
        for (int i = 0; i < utf8.length; i++) {
            char wanted = word.charAt(i);
            if (utf8[i] != wanted && utf8[i] != Character.toUpperCase(wanted)) {
                return false;
            }
        }
        return true;
    }
}
