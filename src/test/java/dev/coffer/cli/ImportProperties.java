package dev.coffer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a writer like PyYAML writes of any secrets is read as these secrets. */
class ImportProperties {
    @Property(tries = 300)
    void roundTrip(@ForAll("secrets") Map<String, Map<String, String>> secrets) throws IOException {
        StringBuilder yaml = new StringBuilder();
        new TreeMap<>(secrets).forEach((name, content) -> {
            yaml.append(line("", name)).append("\n");
            new TreeMap<>(content)
                    .forEach((key, value) -> yaml.append(line("  ", key))
                            .append(' ')
                            .append(Base64.getEncoder().encodeToString(value.getBytes(UTF_8)))
                            .append('\n'));
            yaml.append("  zenml_schema_name: arbitrary\n");
        });
        Path file = Files.createTempFile("secrets", ".yaml");
        try {
            List<ZenmlEntry> read = ZenmlFile.read(Files.writeString(file, yaml));
            read.forEach(entry -> assertNull(entry.trouble()));
            assertEquals(secrets, read.stream().collect(Collectors.toMap(ZenmlEntry::name, ImportProperties::texts)));
        } finally {
            Files.delete(file);
        }
    }

    private static Map<String, String> texts(ZenmlEntry entry) {
        return entry.values().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, value -> text(value.getValue())));
    }

    private static String text(SecretValue value) {
        return value.revealText();
    }

    /** Long names are explicit keys; what is special is quoted, with everything but ASCII escaped. */
    private static String line(String indent, String key) {
        StringBuilder out = new StringBuilder();
        if (key.matches("[a-zA-Z0-9_][a-zA-Z0-9_.]*") && !key.matches("(?i)null|yes|no|true|false|on|off|\\d+")) {
            out.append(key);
        } else {
            out.append('"');
            key.codePoints().forEach(c -> {
                if (c >= ' ' && c < 127 && c != '"' && c != '\\') {
                    out.appendCodePoint(c);
                } else {
                    out.append(String.format("\\U%08X", c));
                }
            });
            out.append('"');
        }
        return out.length() > 128 ? indent + "? " + out + "\n" + indent + ":" : indent + out + ":";
    }

    @Provide
    Arbitrary<Map<String, Map<String, String>>> secrets() {
        Arbitrary<String> odd =
                Arbitraries.of("1e5", "0o17", "yes", "null", "12", "a b", "../x", "~", "{}", "n".repeat(200));
        Arbitrary<String> any = Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(text -> text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
        Arbitrary<String> keys = Arbitraries.oneOf(
                Arbitraries.of("1e5", "0o17", "yes", "null", "12"),
                Arbitraries.strings()
                        .alpha()
                        .numeric()
                        .withChars('_', '.')
                        .ofMinLength(1)
                        .ofMaxLength(20));
        Arbitrary<Map<String, String>> contents = Arbitraries.maps(
                        keys.filter(key -> !key.equals("zenml_schema_name")), any)
                .ofMinSize(1)
                .ofMaxSize(5);
        return Arbitraries.maps(Arbitraries.oneOf(odd, any), contents)
                .ofMinSize(1)
                .ofMaxSize(6);
    }
}
