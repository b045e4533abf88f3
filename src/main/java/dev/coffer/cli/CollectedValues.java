package dev.coffer.cli;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values that a reader of one format has found so far, and the words for what is wrong. The errors name the
 * file and the place in it and never quote: what stands where a key should be may be part of a secret.
 */
final class CollectedValues {
    private final String source;
    private final @Nullable String fileName;
    private final Map<String, SecretValue> values = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();

    /**
     * A line, and a column where the format puts several keys on one line.
     *
     * @param line from 1
     * @param column from 1; 0 if the line says enough
     */
    record Place(int line, int column) {
        static Place line(int line) {
            return new Place(line, 0);
        }

        @Override
        public String toString() {
            return "line " + line + (column == 0 ? "" : ", column " + column);
        }
    }

    /**
     * Nothing found yet.
     *
     * @param source names the file in a sentence
     * @param fileName null for standard input
     */
    CollectedValues(String source, @Nullable String fileName) {
        this.source = source;
        this.fileName = fileName;
    }

    /** Notes a key, whose value comes next, and returns it as it is stored. */
    String key(String text, Place place) {
        String key;
        try {
            key = KeyGrammar.check(text);
        } catch (InvalidException e) { // its message quotes the text
            throw refused(place, "what stands there is not a key", KeyArguments.KEY_RULE);
        }
        Place first = places.putIfAbsent(key, place);
        if (first != null) {
            throw refused(place, "the key was given on " + first + " already", "give each key once");
        }
        if (places.size() > Secret.MAX_KEYS) {
            throw refused(place, "there are more than " + Secret.MAX_KEYS + " keys", "split it into several secrets");
        }
        return key;
    }

    /** Takes the value of a key that was noted. The text is copied. */
    void put(String key, CharSequence text, Place place) {
        if (text.length() > SecretValue.MAX_BYTES) {
            throw valueTooLong(place);
        }
        try {
            values.put(key, SecretValue.of(text));
        } catch (InvalidException e) { // it cannot know the place
            throw refused(place, e.getMessage(), e.hint().orElse(null));
        }
    }

    InvalidException valueTooLong(Place place) {
        return refused(
                place,
                "a value is longer than " + SecretValue.MAX_BYTES + " bytes (1 MiB)",
                "keep large content in a file and the key to it in coffer");
    }

    InvalidException nothing() {
        return new InvalidException(
                source + " holds no keys", fileName, "a JSON file with {} in it says that there shall be none");
    }

    /** The role is "a key" or "a value". */
    InvalidException nullScalar(String role, Place place) {
        return refused(
                place, role + " is null", "write \"\" for an empty value, and quote a word that is meant as text");
    }

    /** The role is "a key" or "a value". */
    InvalidException nested(String role, Place place) {
        return refused(place, role + " is a map or a list", "values are text: quote it to store it as it is written");
    }

    InvalidException refused(Place place, String trouble, @Nullable String hint) {
        return new InvalidException(source + ", " + place + ": " + trouble, fileName, hint);
    }

    /** What was collected; the caller owns the values. */
    Map<String, SecretValue> values() {
        return values;
    }

    /** Wipes what was collected. */
    void close() {
        values.values().forEach(SecretValue::close);
    }
}
