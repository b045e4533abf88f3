package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTextTest {
    @ParameterizedTest
    @CsvSource({
        "{{db.password}}, <db|password>",
        "{{ prod/db.password\t}}, <prod/db|password>",
        "{{a.b.c}}, <a.b|c>",
        "{{a[b.c]}}, <a|b.c>",
        "{{a.b[c]}}, <a.b|c>",
        "{{a..b}}, <a.|b>",
        "jdbc:{{db.user}}:{{db.password}}@h, jdbc:<db|user>:<db|password>@h",
        "${{db.user}}, $<db|user>",
        "{{{db.user}}}, {<db|user>}",
        "\\{{db.user}}, {{db.user}}",
        "C:\\\\{{db.user}}, C:\\<db|user>",
        "C:\\dir, C:\\dir",
        "{db.user}, {db.user}",
        "}}, }}",
    })
    void text_isReadAsTheGrammarSays(String text, String meaning) {
        assertEquals(
                meaning, ReferenceText.parse(text).resolve(named -> "<" + named.secret() + "|" + named.key() + ">"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{",
                "{{db",
                "{{db}}",
                "{{}}",
                "{{.}}",
                "{{db.}}",
                "{{.key}}",
                "{{db . key}}",
                "{{db[]}}",
                "{{db]}}",
                "{{[k]}}",
                "{{db.key}",
                "{{db.{{x.y}}}}",
                "{{db.ke\ny}}",
                "{{-db.key}}",
                "{{db.k k}}",
                "{{db.a.}}"
            })
    void bracesThatAreNoReference_areRefused_withTheWayOut(String text) {
        InvalidException refused = assertThrows(InvalidException.class, () -> ReferenceText.parse("s3cret " + text));
        assertTrue(refused.getMessage().startsWith("the {{ at character 8 "), refused.getMessage());
        assertFalse(refused.getMessage().contains("s3cret"), refused.getMessage());
        assertTrue(refused.hint().orElse("").contains("\\{{"), "the hint has the escape");
    }

    @Test
    void value_isNotReadForReferencesAgain() {
        assertEquals("{{x.y}}", ReferenceText.parse("{{db.key}}").resolve(named -> "{{x.y}}"));
    }

    @Test
    void toString_holdsNoText() {
        assertEquals(
                "text with the references [{{db.key}}]",
                ReferenceText.parse("s3cret{{db.key}}").toString());
    }
}
