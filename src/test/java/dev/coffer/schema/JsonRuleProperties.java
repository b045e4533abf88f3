package dev.coffer.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.SecretValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The verdict on a value against what the words of JSON Schema mean, said again in a few lines. */
class JsonRuleProperties {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String KEY = "\uD83D\uDD11"; // one character, two halves

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "b", "1", " ", "\n", KEY).list().ofMaxSize(6).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> numbers() {
        return Arbitraries.of("-", "0", "1", "9", ".", "e", "E", "+", " ")
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    private static boolean accepts(ObjectNode property, String text) {
        try (SecretValue value = SecretValue.of(text)) {
            return new JsonRule(property).accepts(value);
        }
    }

    @Property
    void lengthsCountCharacters(
            @ForAll("texts") String text, @ForAll @IntRange(max = 7) int min, @ForAll @IntRange(max = 7) int max) {
        int length = text.codePointCount(0, text.length());
        ObjectNode property = JSON.createObjectNode().put("minLength", min).put("maxLength", max);

        assertEquals(length >= min && length <= max, accepts(property, text));
    }

    @Property
    void anEnumAllowsItsTextsAlone(
            @ForAll("texts") String text, @ForAll("texts") String one, @ForAll("texts") String other) {
        ObjectNode property = JSON.createObjectNode();
        ArrayNode allowed = property.putArray("enum");
        Set.of(one, other + "x").forEach(allowed::add);

        assertEquals(text.equals(one) || text.equals(other + "x"), accepts(property, text));
        assertEquals(true, accepts(property, one));
    }

    @Property
    void aConstantAllowsItself(@ForAll("texts") String text, @ForAll("texts") String only) {
        assertEquals(text.equals(only), accepts(JSON.createObjectNode().put("const", only), text));
    }

    @Property
    void aPatternIsFoundAnywhere(@ForAll("texts") String text, @ForAll @IntRange(max = 3) int which) {
        List<String> patterns = List.of("ab", "^a", "^[ab1 \\n]*\\z", "b|1");
        boolean expected = switch (which) {
            case 0 -> text.contains("ab");
            case 1 -> text.startsWith("a");
            case 2 -> !text.contains(KEY);
            default -> text.contains("b") || text.contains("1");
        };

        assertEquals(expected, accepts(JSON.createObjectNode().put("pattern", patterns.get(which)), text));
    }

    @Property
    void allWordsHaveToHold(@ForAll("texts") String text, @ForAll @IntRange(max = 5) int max) {
        ObjectNode property = JSON.createObjectNode().put("pattern", "a").put("maxLength", max);

        assertEquals(text.contains("a") && text.codePointCount(0, text.length()) <= max, accepts(property, text));
    }

    @Property
    void aNumberIsWhatJsonWritesAsOne(@ForAll("numbers") String text) {
        assertEquals(isJsonNumber(text), accepts(JSON.createObjectNode().put("type", "number"), text));
        boolean whole = isJsonNumber(text) && text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
        assertEquals(whole, accepts(JSON.createObjectNode().put("type", "integer"), text));
    }

    /** What the JDK takes for a decimal number, less what JSON does not: signs in front, bare dots and leading zeros. */
    private static boolean isJsonNumber(String text) {
        try {
            new BigDecimal(text);
        } catch (NumberFormatException e) {
            return false;
        }
        String digits = text.startsWith("-") ? text.substring(1) : text;
        boolean bareDot = digits.startsWith(".") || digits.matches(".*\\.(?:[eE].*)?");
        return !digits.startsWith("+") && !bareDot && !digits.matches("0[0-9].*");
    }
}
