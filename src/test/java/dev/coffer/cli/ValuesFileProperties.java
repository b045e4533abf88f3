package dev.coffer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** What is written in a format comes back; and whatever is read, no error shows any of it. */
class ValuesFileProperties {
    private static final String CANARY = "cAnArY7f3e";

    @Property
    void json_bringsBackAnyValues(@ForAll("contents") Map<String, String> content) throws IOException {
        assertContent(content, read("a.json", json(content)));
        assertContent(content, read("-", " \n\t" + json(content)));
        assertContent(content, read("a.json", '\uFEFF' + escapedJson(content)));
    }

    @Property
    void yaml_bringsBackAnyValues(@ForAll("contents") Map<String, String> content) {
        String dumped =
                new Dump(DumpSettings.builder().setSchema(new CoreSchema()).build()).dumpToString(content);
        if (!dumped.contains("\u0085")) { // which is refused, see YamlValues
            assertContent(content, read("a.yaml", dumped));
        }
        assertContent(content, read("a.yml", '\uFEFF' + escapedYaml(content)));
        assertContent(content, read("a.yml", escapedYaml(content).replace("\n", "\r\n")));
    }

    /** What YAML 1.2 calls printable may stand in quotes and blocks as it is; the rest is refused, never changed. */
    @Property
    void yaml_readsTextUnchangedOrNotAtAll(@ForAll("texts") String text) {
        String line = text.replaceAll("[\n\r]", "");
        assertReadOrRefused(line, "k: '" + line.replace("'", "''") + "'");
        assertReadOrRefused(line, "k: \"" + line.replace("\\", "\\\\").replace("\"", "\\\"") + "\" # c");
        assertReadOrRefused(line + ".\n", "k: |1\n " + line + ".\n");
        assertReadOrRefused("." + line + ".", "k: |-\n  ." + line + ".");
        assertReadOrRefused("." + line + ".\n", "k: >\n  ." + line + ".\n");
        String tame = "." + line.replaceAll("[:# ,\\[\\]{}]", "") + ".";
        assertReadOrRefused(tame, "k: " + tame);
        assertReadOrRefused(tame, "{k: " + tame + "}");
    }

    private static void assertReadOrRefused(String expected, String yaml) {
        Map<String, SecretValue> values;
        try {
            values = read("a.yaml", yaml);
        } catch (InvalidException e) {
            boolean isPrintable = expected.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F));
            assertFalse(isPrintable, () -> e.getMessage() + ": " + yaml);
            return;
        }
        assertContent(Map.of("k", expected), values);
    }

    @Property
    void dotenv_bringsBackAnyValuesInDoubleQuotes(@ForAll("contents") Map<String, String> content) {
        if (!content.isEmpty()) {
            assertContent(content, read(".env", dotenv(content, "\n")));
            assertContent(content, read("-", '\uFEFF' + dotenv(content, "\r\n")));
        }
    }

    @Property
    void dotenv_keepsSingleQuotedTextAsItIs(@ForAll("texts") String text) {
        String quotable = text.replace("'", "");
        assertContent(Map.of("k", quotable), read(".env", " export  k = '" + quotable + "' # comment"));
    }

    @Property
    void dotenv_keepsUnquotedWordsAsTheyAre(@ForAll("words") String word) {
        assertContent(Map.of("k", word), read(".env", "k=" + word + " \t# comment\r\n"));
        assertContent(Map.of("k", word), read(".env", "k=" + word));
    }

    /** Any bytes are read or refused; nothing else comes out of the parsers. */
    @Property
    void noise_isReadOrRefused(@ForAll("names") String name, @ForAll("noise") byte[] noise) {
        try {
            ValuesFile.read(name, noise).values().forEach(SecretValue::close);
        } catch (InvalidException e) {
            assertFalse(e.getMessage().isEmpty());
        }
    }

    /** A well-formed file with damage all around the canary, which stands where values, keys and comments stand. */
    @Property
    void noError_showsTheContent(@ForAll("names") String name, @ForAll("damaged") String text) {
        try {
            read(name, text);
        } catch (InvalidException e) {
            assertClean(e);
        }
    }

    private static void assertClean(InvalidException e) {
        assertFalse(e.hint().orElse("").contains(CANARY));
        assertFalse(e.name().orElse("").contains(CANARY));
        List<Throwable> chain = new ArrayList<>(List.of(e));
        for (int i = 0; i < chain.size(); i++) {
            Throwable link = chain.get(i);
            assertFalse(link.toString().contains(CANARY), () -> link.getClass() + " shows the content");
            chain.addAll(List.of(link.getSuppressed()));
            if (link.getCause() != null) {
                chain.add(link.getCause());
            }
        }
    }

    private static Map<String, SecretValue> read(String name, String text) {
        return ValuesFile.read(name, text.getBytes(UTF_8));
    }

    private static void assertContent(Map<String, String> expected, Map<String, SecretValue> actual) {
        Map<String, String> revealed = new LinkedHashMap<>();
        actual.forEach((key, value) -> revealed.put(key, value.revealText()));
        assertEquals(new ArrayList<>(expected.entrySet()), new ArrayList<>(revealed.entrySet()));
    }

    private static String json(Map<String, String> content) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            for (Map.Entry<String, String> entry : content.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static String escapedJson(Map<String, String> content) {
        StringBuilder text = new StringBuilder("{");
        content.forEach((key, value) -> {
            text.append(text.length() == 1 ? "" : ",").append('"').append(key).append("\":\"");
            value.chars().forEach(c -> text.append(String.format("\\u%04x", c)));
            text.append('"');
        });
        return text.append("}").toString();
    }

    private static String escapedYaml(Map<String, String> content) {
        if (content.isEmpty()) {
            return "{}";
        }
        StringBuilder text = new StringBuilder("---\n");
        content.forEach((key, value) -> {
            text.append('"').append(key).append("\": !!str \"");
            value.codePoints().forEach(c -> text.append(String.format("\\U%08x", c)));
            text.append("\"\n");
        });
        return text.append("...\n").toString();
    }

    private static String dotenv(Map<String, String> content, String newline) {
        StringBuilder text = new StringBuilder("# comment" + newline + newline);
        content.forEach((key, value) -> text.append(key)
                .append("=\"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"')
                .append(newline));
        return text.toString();
    }

    @Provide
    Arbitrary<Map<String, String>> contents() {
        Arbitrary<String> keys = Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars("abcXYZ019._-äßΩ中")
                        .ofMinLength(1)
                        .ofMaxLength(12)
                        .filter(key -> !key.startsWith("-")),
                Arbitraries.of("password", "yes", "012", "export", "1e5", "user.name"));
        return Arbitraries.maps(keys, texts()).ofMaxSize(8).map(LinkedHashMap::new);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Integer> scalars = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 0x7F),
                Arbitraries.integers().between(0, 0xD7FF),
                Arbitraries.integers().between(0xE000, 0x10FFFF),
                Arbitraries.strings()
                        .withChars("\0\n\r\t =$#'\"\\{}[]:,&*!|>%@`~-?\u0085\u2028\uFEFF\uFFFF")
                        .ofLength(1)
                        .map(text -> text.codePointAt(0)));
        Arbitrary<String> random = scalars.list().ofMaxSize(60).map(list -> {
            StringBuilder text = new StringBuilder();
            list.forEach(text::appendCodePoint);
            return text.toString();
        });
        return Arbitraries.oneOf(
                random,
                Arbitraries.of(
                        "",
                        "null",
                        "~",
                        "yes",
                        "012",
                        "0o17",
                        "1e5",
                        "1.0",
                        "2026-01-01",
                        "<<",
                        "$HOME",
                        "${A:-b}",
                        "\n",
                        "a\n",
                        "a\r\nb",
                        " a ",
                        "#",
                        "a #b",
                        "'",
                        "\"",
                        "\\n",
                        "@file",
                        "---",
                        "...",
                        "-----BEGIN KEY-----\nMII=\n"));
    }

    /** What dotenv takes without quotes. */
    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings()
                .withChars("abcXYZ019=$#'\"\\{}[]:,&*!|>%@`~-?.ä中\0")
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(word -> word.charAt(0) != '"' && word.charAt(0) != '\'');
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a.json", "a.yaml", "a.env", "-");
    }

    @Provide
    Arbitrary<byte[]> noise() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        Arbitrary<byte[]> syntax = Arbitraries.strings()
                .withChars("ab01=$#'\"\\{}[]():,&*!|<>%@`~-?.+\n\r\t \0\uFEFFuxUN")
                .ofMaxLength(40)
                .map(text -> text.getBytes(UTF_8));
        return Arbitraries.oneOf(bytes, syntax);
    }

    @Provide
    Arbitrary<String> damaged() {
        Arbitrary<String> damage = Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars("=$#'\"\\{}[]:,&*!|<>%@`~-?\n\r\t \0é")
                        .ofMaxLength(4),
                Arbitraries.of(
                        "null",
                        "\\ud800",
                        "\\x",
                        "\\UFFFFFFFF",
                        "&a ",
                        "*a",
                        "!!binary ",
                        "!",
                        "? ",
                        "\n---\n",
                        "%YAML ",
                        "|99999999999\n",
                        "\u0001",
                        "export ",
                        ": ",
                        "\n\t",
                        "\nk=",
                        "{\"k\":",
                        "k: "));
        Arbitrary<String> mostlyNone = Arbitraries.frequencyOf(Tuple.of(5, Arbitraries.just("")), Tuple.of(1, damage));
        Arbitrary<String> frames = Arbitraries.of(
                "{\"#\":\"#\",\"#\":\"#\"}",
                "{\"k\":\"#\",\"l\":#}",
                "#: #\nl: '#'\n",
                "k: #\nl: |\n  #\n",
                "#=#\nl='#'\nm=\"#\"\n",
                "k=#\n#\n");
        return Combinators.combine(frames, mostlyNone.list().ofSize(12)).as(ValuesFileProperties::damaged);
    }

    /** The frame with the canary in each place of '#', and a piece of damage on both sides of it or not. */
    private static String damaged(String frame, List<String> damage) {
        StringBuilder text = new StringBuilder();
        int piece = 0;
        for (int i = 0; i < frame.length(); i++) {
            if (frame.charAt(i) == '#') {
                text.append(damage.get(piece++ % damage.size()))
                        .append(CANARY)
                        .append(damage.get(piece++ % damage.size()));
            } else {
                text.append(frame.charAt(i));
            }
        }
        return text.toString();
    }
}
