package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ReferenceTextProperties {
    @Property
    void anyNameAndKey_canBeWritten_andAreReadBack(@ForAll("references") Reference reference) {
        ReferenceText read = ReferenceText.parse(reference.toString());
        assertEquals(List.of(reference), List.copyOf(read.references()));
        assertEquals("value", read.resolve(named -> "value"));
    }

    @Property
    void blanksInsideTheBraces_changeNothing(@ForAll("references") Reference reference) {
        String written = reference.toString();
        String spaced = "{{ \t" + written.substring(2, written.length() - 2) + " }}";
        assertEquals(List.of(reference), List.copyOf(ReferenceText.parse(spaced).references()));
    }

    @Property(tries = 3000)
    void textThatIsPrinted_isReadAsTheSame(@ForAll("texts") List<ReferenceText> pieces) {
        ReferenceText text = pieces.stream().reduce(ReferenceText.literal(""), ReferenceText::plus);
        ReferenceText read = ReferenceText.parse(text.text());
        assertEquals(marked(text), marked(read), text.text());
        assertEquals(text.text(), read.text());
    }

    /** What the text means, with the references as the characters that no literal of these tests has. */
    private static String marked(ReferenceText text) {
        return text.resolve(reference -> "<" + reference.secret() + ";" + reference.key() + ">");
    }

    @Property(tries = 3000)
    void anyText_isReadOrRefused_withoutQuotingIt(@ForAll("wild") String text) {
        try {
            ReferenceText read = ReferenceText.parse(text);
            assertEquals(marked(read), marked(ReferenceText.parse(read.text())));
            if (!text.contains("{{")) {
                assertEquals(text, read.resolve(reference -> "?"));
                assertTrue(read.references().isEmpty());
            }
        } catch (InvalidException e) {
            assertTrue(text.contains("{{"), "only two braces can be wrong");
            assertFalse(e.getMessage().contains("canary"), e.getMessage());
        }
    }

    @Provide
    Arbitrary<Reference> references() {
        Arbitrary<String> segment = Arbitraries.strings()
                .withChars("ab9._-éΩ")
                .ofMinLength(1)
                .ofMaxLength(6)
                .filter(text -> !text.startsWith("-") && !text.equals(".") && !text.equals(".."));
        Arbitrary<String> names = segment.list().ofMinSize(1).ofMaxSize(3).map(list -> String.join("/", list));
        Arbitrary<String> keys = Arbitraries.strings()
                .withChars("kK7._-ß")
                .ofMinLength(1)
                .ofMaxLength(8)
                .filter(text -> !text.startsWith("-"));
        return Combinators.combine(names, keys).as((name, key) -> new Reference(SecretName.of(name), key));
    }

    @Provide
    Arbitrary<List<ReferenceText>> texts() {
        Arbitrary<ReferenceText> literals =
                Arbitraries.strings().withChars("\\{}a.[ ").ofMaxLength(8).map(ReferenceText::literal);
        return Arbitraries.oneOf(literals, references().map(ReferenceText::of))
                .list()
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> wild() {
        Arbitrary<String> shaped = Arbitraries.of(
                        "{", "{{", "}}", "\\", "canary", ".", "[", "]", " ", "db.key", "\n", "\u0000")
                .list()
                .ofMaxSize(10)
                .map(list -> String.join("", list));
        return Arbitraries.oneOf(shaped, Arbitraries.strings().ofMaxLength(30));
    }
}
