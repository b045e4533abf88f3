package dev.coffer.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a property of a JSON Schema asks of the text that stands for its value. */
final class JsonRule implements ValueRule {
    private static final int MAX_NUMBER = 1000; // characters
    private static final Pattern INTEGER = Pattern.compile("-?(?:0|[1-9][0-9]*)");
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

    private final String type;
    private final String phrase;
    private final @Nullable Pattern pattern; // matched here: the validator would neither bound nor keep quiet about it
    private final JsonSchema schema;

    /** The rule of a property whose schema was checked. */
    JsonRule(ObjectNode property) {
        this.type = property.path("type").asText("string");
        this.phrase = describe(property);
        this.pattern = property.has("pattern")
                ? Pattern.compile(property.path("pattern").asText())
                : null;
        ObjectNode asserting = property.deepCopy();
        asserting.retain(JsonSchemaReader.OF_TEXT); // the validator warns of words that it does not know
        asserting.remove("pattern");
        if (!JsonSchemaReader.FORMATS.contains(property.path("format").asText())) {
            asserting.remove("format");
        }
        this.schema = JsonValidator.compile(asserting);
    }

    @Override
    public boolean accepts(SecretValue value) {
        return accepts(value.revealText());
    }

    boolean accepts(String text) {
        return switch (type) {
            case "integer" ->
                text.length() <= MAX_NUMBER && INTEGER.matcher(text).matches();
            case "number" -> text.length() <= MAX_NUMBER && NUMBER.matcher(text).matches();
            case "boolean" -> text.equals("true") || text.equals("false");
            default -> JsonValidator.fits(schema, text) && (pattern == null || StepLimit.finds(pattern, text));
        };
    }

    @Override
    public String phrase() {
        return phrase;
    }

    private static String describe(JsonNode property) {
        return switch (property.path("type").asText("string")) {
            case "integer" -> "a whole number";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            default -> describeText(property);
        };
    }

    private static String describeText(JsonNode property) {
        List<String> parts = new ArrayList<>();
        if (property.has("const")) {
            parts.add(Printable.quote(property.path("const").asText()));
        }
        if (property.has("enum")) {
            List<String> allowed = new ArrayList<>();
            property.path("enum").forEach(one -> allowed.add(Printable.quote(one.asText())));
            parts.add("one of " + String.join(", ", allowed));
        }
        if (JsonSchemaReader.FORMATS.contains(property.path("format").asText())) {
            parts.add("of the format " + property.path("format").asText());
        }
        if (property.has("pattern")) {
            parts.add("text that has the pattern "
                    + Printable.text(property.path("pattern").asText()));
        }
        if (property.has("minLength")) {
            parts.add("at least " + property.path("minLength").asText() + " characters long");
        }
        if (property.has("maxLength")) {
            parts.add("at most " + property.path("maxLength").asText() + " characters long");
        }
        return String.join(" and ", parts);
    }
}
