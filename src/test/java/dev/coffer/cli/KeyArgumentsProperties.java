package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.cli.KeyArguments.Source;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class KeyArgumentsProperties {
    private static final String CANARY = "cAnArY!7f3e"; // '!' keeps it from being a key

    @Property
    void anyValue_arrivesAsItIs(@ForAll String value) {
        String escaped = value.startsWith("@") ? "@" + value : value;
        KeyArguments arguments = KeyArguments.parse(List.of("--a=" + escaped), List.of("b=" + escaped));
        for (KeyArguments.Entry entry : arguments.entries()) {
            assertEquals(new Source.Literal(value), entry.source());
        }
    }

    @Property
    void anyWords_areReadOrRefusedWithoutBeingShown(
            @ForAll("words") List<String> words, @ForAll("words") List<String> sets) {
        try {
            KeyArguments.parse(words, sets).entries().forEach(entry -> {
                assertEquals(entry.key(), KeyGrammar.check(entry.key()));
                assertFalse(entry.toString().contains(CANARY));
            });
        } catch (UsageException e) {
            assertClean(e, e.hint().orElse(""));
        } catch (InvalidException e) {
            assertClean(e, e.hint().orElse("") + e.name().orElse(""));
        }
    }

    private static void assertClean(RuntimeException e, String rest) {
        assertFalse((e + rest).contains(CANARY));
        assertEquals(null, e.getCause());
        assertEquals(0, e.getSuppressed().length);
    }

    @Provide
    Arbitrary<List<String>> words() {
        Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.of("-", "--", "=", "@", "~/", "a", "é", "e\u0301", " ", "\n", "\0", CANARY),
                Arbitraries.strings().ofMaxLength(2));
        return pieces.list()
                .ofMaxSize(6)
                .map(list -> String.join("", list))
                .list()
                .ofMaxSize(4);
    }
}
