package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
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
        "DB, db, false"
    })
    void pattern_matches(String pattern, String name, boolean expected) {
        assertEquals(expected, Glob.of(pattern).test(name));
    }
}
