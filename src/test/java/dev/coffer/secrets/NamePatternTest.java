package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, prod/db, true",
        "prod/*, prod/db, true",
        "prod/*, prod/eu/db, true",
        "prod/*, prod, false",
        "prod/*, my/prod/db, false",
        "*/db, prod/eu/db, true",
        "d?, db, true",
        "d?, d, false",
        "?, 😀, true",
        "d.b, d.b, true",
        "d.b, dxb, false",
        "d[b], db, false",
        "\\E*, \\Ex, true",
        "gro\u0308\u00dfe, gr\u00f6\u00dfe, true",
        "DB, db, false",
        "**, db, true",
        "a*b*c, a1b2b3c, true",
        "a*b*c, a1b2b3, false",
        "*ab, aab, true",
        "'', '', true",
        "'', a, false",
        "*, '', true",
        "?, '', false",
        "\\*?, *x, false"
    })
    void pattern_matches(String pattern, String name, boolean expected) {
        assertEquals(expected, NamePattern.of(pattern).test(name));
    }

    /** With a regular expression, not before the sun has burnt out. */
    @Test
    void pattern_ofManyStars_ends() {
        assertFalse(NamePattern.of("*a".repeat(40) + "*b").test("a".repeat(255)));
        assertTrue(NamePattern.of("*a".repeat(40) + "*").test("a".repeat(255)));
    }
}
