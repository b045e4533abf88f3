package dev.coffer.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.SchemaGrammar;
import dev.coffer.secrets.SchemaKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads secret schemas out of JSON Schema (draft 2020-12). What has no meaning for a flat map of texts is refused with
 * its place: whoever wrote it would otherwise believe that it is checked. References are among it, so nothing is ever
 * fetched.
 */
final class JsonSchemaReader {
    /** The formats that are checked; any other one is a remark (the validator knows but the public domains of e-mail). */
    static final Set<String> FORMATS =
            Set.of("date", "date-time", "time", "hostname", "ipv4", "ipv6", "uri", "uuid", "regex");

    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final int MAX_KEYS = 1000;
    private static final Set<String> REMARKS = Set.of("$comment", "title", "description", "examples", "deprecated");
    private static final Set<String> OF_THE_WHOLE =
            Set.of("$schema", "$id", "type", "properties", "required", "additionalProperties");
    /** The words that a value of the type string is held against. */
    static final Set<String> OF_TEXT = Set.of("format", "pattern", "enum", "minLength", "maxLength", "const");

    private static final Set<String> TYPES = Set.of("string", "integer", "number", "boolean");

    private final String name;

    /**
     * A reader.
     *
     * @param name what the document is called in errors
     */
    JsonSchemaReader(String name) {
        this.name = name;
    }

    /**
     * Reads a schema.
     *
     * @param fallback the TYPE if the document names none; null if there is no other
     * @throws InvalidException if it is no schema for secrets: names the place
     */
    Template read(String json, @Nullable String fallback) {
        ObjectNode root = object(parse(json), "");
        JsonValidator.faultOfSchema(root).ifPresent(fault -> {
            throw fault("it is not a JSON Schema: " + Printable.text(fault));
        });
        if (root.has("$schema")
                && !root.path("$schema").asText().replaceFirst("#$", "").equals(DRAFT)) {
            throw refused("/$schema", "only " + DRAFT + " is understood");
        }
        if (!root.path("type").asText().equals("object")) {
            throw refused("/type", "the type must be \"object\"");
        }
        allowOnly(root, "", OF_THE_WHOLE);
        JsonNode additional = root.path("additionalProperties");
        if (!additional.isMissingNode() && !additional.isBoolean()) {
            throw refused("/additionalProperties", "it must be true or false");
        }
        List<SchemaKey> keys = new ArrayList<>();
        Map<String, ValueRule> rules = new LinkedHashMap<>();
        readProperties(root, keys, rules);
        return new Template(
                new SecretSchema(
                        typeOf(root, fallback),
                        Printable.text(root.path("description")
                                .asText(root.path("title").asText())),
                        keys,
                        additional.asBoolean(false)),
                rules);
    }

    private JsonNode parse(String json) {
        try {
            return JsonMapper.builder(JsonText.factory()) // whoever names the wrong file may have named a secret
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readTree(json);
        } catch (StreamConstraintsException e) {
            throw fault("it is nested too deeply, or one of its words is too long");
        } catch (JsonProcessingException e) {
            throw fault("it is not JSON, near line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr());
        }
    }

    private String typeOf(ObjectNode root, @Nullable String fallback) {
        if (root.has("x-type")) {
            return SchemaGrammar.check(root.path("x-type").asText());
        }
        if (SchemaGrammar.isValid(root.path("title").asText())) {
            return root.path("title").asText();
        }
        if (fallback == null) {
            throw fault("it does not say its TYPE in \"x-type\"");
        }
        return SchemaGrammar.check(fallback);
    }

    private void readProperties(ObjectNode root, List<SchemaKey> keys, Map<String, ValueRule> rules) {
        JsonNode properties = root.path("properties");
        if (properties.size() > MAX_KEYS) {
            throw refused("/properties", "there are more than " + MAX_KEYS);
        }
        Set<String> required = new LinkedHashSet<>();
        root.path("required").forEach(one -> required.add(one.asText()));
        properties.properties().forEach(entry -> {
            String place = "/properties/" + pointer(entry.getKey());
            try {
                KeyGrammar.check(entry.getKey());
            } catch (InvalidException e) {
                throw refused(place, "a key has 1 to 255 letters, digits, '.', '_' and '-'");
            }
            ObjectNode property = object(entry.getValue(), place);
            SchemaKey key = key(entry.getKey(), property, place, required.remove(entry.getKey()));
            keys.add(key);
            if (!key.form().isEmpty()) {
                rules.put(key.name(), new JsonRule(property));
            }
        });
        if (!required.isEmpty()) {
            throw refused(
                    "/required",
                    Printable.quote(required.iterator().next()) + " is required, and is not among the properties");
        }
    }

    private SchemaKey key(String key, ObjectNode property, String place, boolean required) {
        allowOnly(
                property,
                place,
                Set.of("type", "default", "format", "pattern", "enum", "minLength", "maxLength", "const"));
        String type = property.path("type").asText("string");
        if (property.has("type") && !TYPES.contains(type)) {
            throw refused(place + "/type", "a value of a secret is text: string, integer, number or boolean");
        }
        checkAssertions(property, type, place);
        JsonNode visible = property.path("x-secret");
        if (!visible.isMissingNode() && !visible.isBoolean()) {
            throw refused(place + "/x-secret", "it must be true or false");
        }
        JsonRule rule = new JsonRule(property);
        Optional<String> preset =
                property.has("default") ? Optional.of(property.path("default").asText()) : Optional.empty();
        if (property.path("default").isContainerNode()
                || property.path("default").isNull()) {
            throw refused(place + "/default", "a value of a secret is text");
        }
        if (preset.isPresent() && !rule.accepts(preset.get())) {
            throw refused(place + "/default", "it must be " + rule.phrase());
        }
        return new SchemaKey(
                key,
                required && preset.isEmpty(), // what has a default is never missing
                preset,
                false,
                Printable.text(property.path("description")
                        .asText(property.path("title").asText())),
                rule.phrase(),
                visible.isBoolean() && !visible.asBoolean());
    }

    private void checkAssertions(ObjectNode property, String type, String place) {
        for (String word : OF_TEXT) {
            if (property.has(word) && !type.equals("string")) {
                throw refused(place + "/" + word, "only a value of the type string can have it");
            }
        }
        if (property.has("const") && !property.path("const").isTextual()) {
            throw refused(place + "/const", "a value of a secret is text: write it in quotes");
        }
        for (JsonNode one : property.path("enum")) {
            if (!one.isTextual()) {
                throw refused(place + "/enum", "a value of a secret is text: write it in quotes");
            }
        }
        if (property.has("enum") && property.path("enum").isEmpty()) {
            throw refused(place + "/enum", "it allows nothing");
        }
        if (property.has("pattern")) {
            try {
                Pattern.compile(property.path("pattern").asText());
            } catch (PatternSyntaxException e) {
                throw refused(place + "/pattern", "the pattern is not understood");
            }
        }
    }

    private void allowOnly(ObjectNode node, String place, Set<String> words) {
        node.fieldNames().forEachRemaining(word -> {
            if (!words.contains(word) && !REMARKS.contains(word) && !word.startsWith("x-")) {
                throw refused(place + "/" + pointer(word), "this has no meaning for a secret, or is not supported");
            }
        });
    }

    private ObjectNode object(JsonNode node, String place) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw refused(place, "an object is wanted here");
    }

    private static String pointer(String word) {
        return Printable.text(word.replace("~", "~0").replace("/", "~1"));
    }

    private InvalidException refused(String place, String why) {
        return fault("at " + (place.isEmpty() ? "its top" : place) + ": " + why);
    }

    private InvalidException fault(String why) {
        return new InvalidException(
                name + " is not a schema for secrets: " + why,
                null,
                "a schema is an \"object\" whose \"properties\" are texts; see 'coffer schema register --help'");
    }
}
