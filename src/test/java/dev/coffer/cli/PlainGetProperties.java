package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import picocli.CommandLine.ParseResult;

/** The words that are read without picocli mean what picocli reads in them. */
class PlainGetProperties {
    @Property(tries = 2000)
    void whatIsReadWithoutPicocli_isWhatPicocliReads(@ForAll("words") List<String> words) {
        List<String> line = new ArrayList<>(List.of("secret", "get"));
        line.addAll(words);

        Optional<SecretGet> plain = PlainGet.of(line);

        Statistics.label("read without picocli").collect(plain.isPresent());
        plain.ifPresent(get -> {
            ParseResult parsed =
                    CommandTree.build(name -> true, System.getenv()).parseArgs(line.toArray(new String[0]));
            ParseResult leaf = parsed;
            while (leaf.hasSubcommand()) {
                leaf = leaf.subcommand();
            }
            SecretGet read = (SecretGet) leaf.commandSpec().userObject();
            assertEquals(read.toString(), get.toString());
            assertEquals(Globals.NONE, Globals.of(parsed));
            assertTrue(!leaf.isUsageHelpRequested() && !leaf.isVersionHelpRequested());
        });
    }

    @Property
    void otherCommands_arePicoclis(@ForAll("words") List<String> words) {
        Assume.that(words.size() < 2 || !words.subList(0, 2).equals(List.of("secret", "get")));
        assertEquals(Optional.empty(), PlainGet.of(words));
    }

    @Provide
    Arbitrary<List<String>> words() {
        Arbitrary<String> word = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of("prod/db", "a", "--key", "--key=password", "password", "get")),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "--key=",
                                "--ke",
                                "-k",
                                "--",
                                "-",
                                "",
                                "--version",
                                "--version=1",
                                "1",
                                "-o",
                                "json",
                                "-ojson",
                                "--json",
                                "-y",
                                "--help",
                                "-h",
                                "-V",
                                "--home",
                                "--home=x",
                                "@file",
                                "secret",
                                "--key=a=b",
                                "=",
                                "a=b",
                                "\"a\"",
                                "'a'",
                                "a b",
                                "--key=\"a\"",
                                "--key=-a",
                                "--keyx")),
                Tuple.of(1, Arbitraries.strings().ofMaxLength(3)));
        return word.list().ofMaxSize(5);
    }
}
