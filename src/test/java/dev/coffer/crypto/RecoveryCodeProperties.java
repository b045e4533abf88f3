package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class RecoveryCodeProperties {
    private static final List<String> IGNORED = List.of(
            " ", "-", ".", "_", "\t", "\n", "\r\n", "\u00a0", "\u202f", "\u2003", "\u2010", "\u2011", "\u2013",
            "\u2014", "\u2212", "\u200b", "\ufeff", "\u00ad");

    @Property
    void printedCode_isReadBack(@ForAll @Size(20) byte[] bits) {
        try (RecoveryCode code = RecoveryCode.of(bits.clone())) {
            char[] printed = code.revealText();

            assertTrue(new String(printed).matches("([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}"));
            assertTrue(RecoveryCode.looksLikeOne(printed));
            try (RecoveryCode read = RecoveryCode.parse(printed)) {
                assertArrayEquals(bits, read.secret());
                assertArrayEquals(printed, read.revealText());
            }
        }
    }

    @Property
    void carelessTyping_isForgiven(@ForAll @Size(20) byte[] bits, @ForAll("spellings") List<Spelling> spellings) {
        String printed;
        try (RecoveryCode code = RecoveryCode.of(bits.clone())) {
            printed = new String(code.revealText()).replace("-", "");
        }
        assertEquals(spellings.size(), printed.length());
        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < printed.length(); i++) {
            typed.append(spellings.get(i).spell(printed.charAt(i)));
        }

        assertTrue(RecoveryCode.looksLikeOne(typed.toString().toCharArray()));
        try (RecoveryCode read = RecoveryCode.parse(typed.toString().toCharArray())) {
            assertArrayEquals(bits, read.secret());
        }
    }

    /** How one character is typed. */
    record Spelling(boolean lower, int lookAlike, List<String> before, List<String> after) {
        String spell(char c) {
            String alternatives = switch (c) {
                case '0' -> "0O";
                case '1' -> "1IL";
                default -> String.valueOf(c);
            };
            String picked = String.valueOf(alternatives.charAt(lookAlike % alternatives.length()));
            return String.join("", before)
                    + (lower ? picked.toLowerCase(Locale.ROOT) : picked)
                    + String.join("", after);
        }
    }

    @Provide
    static Arbitrary<List<Spelling>> spellings() {
        Arbitrary<List<String>> separators = Arbitraries.of(IGNORED).list().ofMaxSize(2);
        return Combinators.combine(
                        Arbitraries.of(true, false), Arbitraries.integers().between(0, 5), separators, separators)
                .as(Spelling::new)
                .list()
                .ofSize(36);
    }
}
