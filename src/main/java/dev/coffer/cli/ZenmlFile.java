package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.SecretValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads what ZenML's local secrets manager wrote: secret name → key → base64 of the value, with the schema's TYPE in
 * clear under {@code zenml_schema_name}. A file whose entries all are scalars is one secret in clear, named like the
 * file: what {@code zenml secret export} and the managers in the clouds wrote, in YAML or JSON. So is a
 * {@link ZenmlBlob}.
 *
 * <p>Every scalar is its text: {@code 1e5} and {@code 0o17} are no numbers here. What is wrong with one entry leaves the
 * others alone. ZenML does not replace its file at once, so a file may be cut off: what stands above the cut is read.
 */
final class ZenmlFile {
    /** The largest file, in bytes: 64 MiB. */
    static final int MAX_BYTES = 64 << 20;

    private static final String SCHEMA_KEY = "zenml_schema_name";
    private static final String FIRST_LINE = "{default:{}}"; // the first ZenML wrote this into a new file, as text
    private static final String STRING_TAG = "tag:yaml.org,2002:str";
    private static final int BUFFER_SIZE = 1 << 20;
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private final String source;
    private final Path file;
    private final Parser parser;
    private final List<ZenmlEntry> entries = new ArrayList<>();
    private final Map<String, ScalarEvent> flat = new LinkedHashMap<>();
    private @Nullable String current;
    private boolean more;

    private ZenmlFile(String source, Path file, Parser parser) {
        this.source = source;
        this.file = file;
        this.parser = parser;
    }

    /** The file's content is not what is expected. */
    private static final class UnexpectedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnexpectedException(String trouble) {
            super(trouble);
        }
    }

    /**
     * All entries of a file.
     *
     * @throws InvalidException if it is too large, is not UTF-8 text, or is not a YAML map
     * @throws dev.coffer.secrets.StoreFileException if it cannot be read
     */
    static List<ZenmlEntry> read(Path file) {
        String source = file.toString();
        byte[] bytes = InputBytes.ofFile(file, "the file " + Printable.text(source), MAX_BYTES);
        CharBuffer text = null;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return read(source, file, text);
        } catch (CharacterCodingException e) {
            throw invalid(source, "is not UTF-8 text");
        } finally {
            Arrays.fill(bytes, (byte) 0);
            if (text != null) {
                Arrays.fill(text.array(), '\0');
            }
        }
    }

    private static List<ZenmlEntry> read(String source, Path file, CharBuffer text) {
        blankFirstLine(text);
        if (text.chars().allMatch(Character::isWhitespace)) {
            return List.of();
        }
        byte[] blob = ZenmlBlob.decode(text);
        if (blob != null) {
            try {
                return List.of(ZenmlBlob.read(source, baseName(file), blob));
            } finally {
                Arrays.fill(blob, (byte) 0);
            }
        }
        boolean whole = text.get(text.limit() - 1) == '\n' || text.get(0) == '{';
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(MAX_BYTES)
                .setBufferSize(Math.min(BUFFER_SIZE, text.remaining() + 1))
                .setUseMarks(true)
                .build();
        YamlValues.PairReader reader = new YamlValues.PairReader(text);
        ZenmlFile zenml = new ZenmlFile(source, file, new ParserImpl(settings, new StreamReader(settings, reader)));
        try {
            zenml.document();
        } catch (UnexpectedException e) {
            if (zenml.entries.isEmpty() && zenml.current == null) {
                throw invalid(source, String.valueOf(e.getMessage()));
            }
            String at = zenml.current == null ? "?" : zenml.current;
            zenml.entries.add(ZenmlEntry.broken(
                    source,
                    at,
                    "the file " + e.getMessage() + " here; nothing below was read, the file may be cut off"));
            return zenml.entries;
        }
        zenml.addFlat();
        if (!whole && !zenml.entries.isEmpty()) {
            zenml.dropLast();
        }
        if (zenml.more) {
            zenml.entries.add(ZenmlEntry.broken(
                    source,
                    "?",
                    "a second YAML document starts in the file, which was not read: put it into another file"));
        }
        return zenml.entries;
    }

    /** A byte order mark, and the line that the first ZenML began its file with. */
    private static void blankFirstLine(CharBuffer text) {
        if (text.hasRemaining() && text.get(0) == '\uFEFF') {
            text.put(0, ' ');
        }
        int end = 0;
        while (end < text.limit() && text.get(end) != '\n' && end <= 2 * FIRST_LINE.length()) {
            end++;
        }
        if (text.subSequence(0, end).toString().replace(" ", "").strip().equals(FIRST_LINE)) {
            for (int i = 0; i < end; i++) {
                text.put(i, ' ');
            }
        }
    }

    /** The writer ends each line: without the last line's end, a part of its value may be missing too. */
    private void dropLast() {
        ZenmlEntry last = entries.remove(entries.size() - 1);
        last.values().values().forEach(SecretValue::close);
        entries.add(ZenmlEntry.broken(
                source,
                last.name(),
                "the file ends in the middle of a line and may be cut off here; if it is whole, import a copy that ends"
                        + " with a line break"));
    }

    private void document() {
        next(); // the stream's start
        next(); // the document's
        Event root = next();
        if (!(root instanceof ScalarEvent scalar && isNull(scalar))) {
            secrets(root);
        }
        next(); // the document's end
        more = next().getEventId() != Event.ID.StreamEnd;
    }

    private void secrets(Event root) {
        if (!(root instanceof MappingStartEvent)) {
            throw new UnexpectedException("is not a YAML map of secrets");
        }
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            entry(key);
            current = null;
        }
    }

    private void entry(Event key) {
        if (!(key instanceof ScalarEvent name)) {
            skip(key);
            skip(next());
            entries.add(ZenmlEntry.broken(source, "?", "the name of a secret is not text"));
            return;
        }
        current = name.getValue();
        Event value = next();
        if (value instanceof MappingStartEvent map) {
            secret(name.getValue(), map);
        } else if (value instanceof ScalarEvent scalar && usable(scalar)) {
            if (flat.put(name.getValue(), scalar) != null) {
                entries.add(ZenmlEntry.broken(source, name.getValue(), "the key stands there twice"));
            }
        } else {
            skip(value);
            entries.add(ZenmlEntry.broken(source, name.getValue(), "it is not a map of keys"));
        }
    }

    private void secret(String name, MappingStartEvent start) {
        String trouble =
                start.getAnchor().isPresent() || start.getTag().isPresent() ? "it has an anchor or a tag" : null;
        String schema = null;
        Map<String, SecretValue> values = new LinkedHashMap<>();
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            if (key.getEventId() != Event.ID.Scalar) {
                skip(key);
            }
            Event value = next();
            if (!(key instanceof ScalarEvent k) || !(value instanceof ScalarEvent v) || !usable(v)) {
                trouble = key instanceof ScalarEvent k
                        ? "its key " + Printable.quote(k.getValue()) + " holds no plain text"
                        : "one of its keys is not text";
                skip(value);
            } else if (k.getValue().equals(SCHEMA_KEY)) {
                schema = isNull(v) ? null : v.getValue();
            } else if (!isNull(v)) {
                String found = put(values, k.getValue(), v.getValue(), true);
                trouble = trouble == null ? found : trouble;
            }
        }
        if (trouble != null) {
            values.values().forEach(SecretValue::close);
            entries.add(ZenmlEntry.broken(source, name, trouble));
        } else if (!name.equals("default") || !values.isEmpty() || schema != null) {
            entries.add(new ZenmlEntry(source, name, schema, values, null));
        }
    }

    private static String baseName(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("(?i)\\.(ya?ml|json|txt)$", "");
    }

    /** What stands at the top: a secret in clear if it is all there is, else no secrets. */
    private void addFlat() {
        if (flat.isEmpty()) {
            return;
        }
        if (!entries.isEmpty()) {
            flat.keySet().forEach(name -> entries.add(ZenmlEntry.broken(source, name, "it is not a map of keys")));
            return;
        }
        String name = baseName(file);
        ScalarEvent schema = flat.remove(SCHEMA_KEY);
        Map<String, SecretValue> values = new LinkedHashMap<>();
        String trouble = null;
        for (Map.Entry<String, ScalarEvent> entry : flat.entrySet()) {
            if (!isNull(entry.getValue())) {
                String found = put(values, entry.getKey(), entry.getValue().getValue(), false);
                trouble = trouble == null ? found : trouble;
            }
        }
        if (trouble != null) {
            values.values().forEach(SecretValue::close);
            entries.add(ZenmlEntry.broken(source, name, trouble));
        } else {
            entries.add(new ZenmlEntry(source, name, schema == null ? null : schema.getValue(), values, null));
        }
    }

    /** Adds a value, or says what is wrong with it. */
    static @Nullable String put(Map<String, SecretValue> into, String key, String text, boolean encoded) {
        String label = "its key " + Printable.quote(key);
        try {
            KeyGrammar.check(key);
        } catch (CofferException e) {
            return e.getMessage();
        }
        if (into.containsKey(key)) {
            return label + " stands there twice";
        }
        try {
            if (!encoded) {
                into.put(key, SecretValue.of(text));
                return null;
            }
            byte[] bytes = decode(text);
            if (bytes == null) {
                return label + " does not hold base64";
            }
            try {
                into.put(key, SecretValue.ofUtf8(bytes));
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
            return null;
        } catch (CofferException e) {
            return label + ": " + e.getMessage();
        }
    }

    /** Standard base64 with its padding, and nothing that only looks like it; else null. */
    private static byte @Nullable [] decode(String text) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (Base64.getEncoder().encodeToString(decoded).equals(text)) {
            return decoded;
        }
        Arrays.fill(decoded, (byte) 0);
        return null;
    }

    private static boolean usable(ScalarEvent scalar) {
        return scalar.getAnchor().isEmpty()
                && scalar.getTag().map(STRING_TAG::equals).orElse(true);
    }

    private static boolean isNull(ScalarEvent scalar) {
        return scalar.isPlain() && scalar.getTag().isEmpty() && NULLS.contains(scalar.getValue());
    }

    /** Passes over whatever starts with that event. */
    private void skip(Event start) {
        int depth = start instanceof CollectionStartEvent ? 1 : 0;
        while (depth > 0) {
            Event event = next();
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd) {
                depth--;
            }
        }
    }

    private Event next() {
        try {
            return parser.next();
        } catch (RuntimeException e) { // its messages quote the file
            throw new UnexpectedException("is not valid YAML");
        }
    }

    private static InvalidException invalid(String source, String trouble) {
        return new InvalidException(
                "the file " + Printable.text(source) + " " + trouble,
                source,
                "name a secrets.yaml of ZenML's, or a file that 'zenml secret export' wrote");
    }
}
