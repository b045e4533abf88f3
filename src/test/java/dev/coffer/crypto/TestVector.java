package dev.coffer.crypto;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One file under {@code src/test/resources/vectors/}; the README there says which fields each format has. All values are
 * text; bytes are in hexadecimal.
 */
record TestVector(String name, Map<String, String> fields) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // some vectors hold invisible characters
            .build();
    private static final String SUFFIX = ".json";

    static TestVector of(String name, String format, String expect, String comment) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("format", format);
        fields.put("expect", expect);
        fields.put("comment", comment);
        fields.put("note", "public test keys: never make a store with them");
        return new TestVector(name, fields);
    }

    TestVector with(String field, String value) {
        if (fields.put(field, value) != null) {
            throw new IllegalStateException(name + " has two fields " + field);
        }
        return this;
    }

    TestVector with(String field, byte[] value) {
        return with(field, HexFormat.of().formatHex(value));
    }

    TestVector with(String field, long value) {
        return with(field, Long.toString(value));
    }

    /** A copy with another name, expectation and comment. */
    TestVector variant(String otherName, String expect, String comment) {
        TestVector copy = new TestVector(otherName, new LinkedHashMap<>(fields));
        copy.fields.put("expect", expect);
        copy.fields.put("comment", comment);
        return copy;
    }

    /** With another value for a field that is there. */
    TestVector changed(String field, String value) {
        if (fields.put(field, value) == null) {
            throw new IllegalStateException(name + " has no field " + field);
        }
        return this;
    }

    TestVector changed(String field, byte[] value) {
        return changed(field, HexFormat.of().formatHex(value));
    }

    TestVector without(String field) {
        fields.remove(field);
        return this;
    }

    boolean has(String field) {
        return fields.containsKey(field);
    }

    String text(String field) {
        String value = fields.get(field);
        if (value == null) {
            throw new IllegalStateException(name + " has no field " + field);
        }
        return value;
    }

    byte[] bytes(String field) {
        return HexFormat.of().parseHex(text(field));
    }

    long number(String field) {
        return Long.parseLong(text(field));
    }

    UUID id(String field) {
        return UUID.fromString(text(field));
    }

    /** All vectors in a folder, by name. */
    static List<TestVector> readAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .map(TestVector::read)
                    .toList();
        }
    }

    private static TestVector read(Path file) {
        try {
            Map<String, String> fields =
                    JSON.readValue(file.toFile(), new TypeReference<LinkedHashMap<String, String>>() {});
            String name = String.valueOf(file.getFileName());
            return new TestVector(name.substring(0, name.length() - SUFFIX.length()), fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Never over a file that is there. */
    void write(Path folder) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        String json = JSON.writer(printer).writeValueAsString(fields) + "\n";
        Files.writeString(folder.resolve(name + SUFFIX), json, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    }
}
