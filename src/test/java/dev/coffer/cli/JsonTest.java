package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.SecretValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void times_haveThreeDigitsOfMilliseconds() {
        assertEquals("2026-01-02T03:04:05.000Z", Json.time(Instant.parse("2026-01-02T03:04:05Z")));
        assertEquals("2026-01-02T03:04:05.600Z", Json.time(Instant.parse("2026-01-02T03:04:05.6Z")));
        assertEquals("2026-01-02T03:04:05.678Z", Json.time(Instant.parse("2026-01-02T03:04:05.678999Z")));
    }

    @Test
    void value_isOneLineAndEndsWithANewline() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.write(out, json -> {
            json.writeStartObject();
            Json.version(json, 3L);
            Json.text(json, "name", null);
            Json.time(json, "created", null);
            Json.texts(json, "keys", List.of("a", "b"));
            try (SecretValue value = SecretValue.of("q\"\n\u0000ü😀")) {
                Json.value(json, "v", value);
            }
            json.writeEndObject();
        });

        assertEquals(
                "{\"version\":3,\"name\":null,\"created\":null,\"keys\":[\"a\",\"b\"],\"v\":\"q\\\"\\n\\u0000ü😀\"}\n",
                out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void versionOfAFlavorThatCountsNone_isNull() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.write(out, json -> {
            json.writeStartObject();
            Json.version(json, null);
            json.writeEndObject();
        });

        assertEquals("{\"version\":null}\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void bodyThatFails_printsNothing() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThrows(
                IllegalStateException.class,
                () -> Json.write(out, json -> {
                    json.writeStartObject();
                    json.writeStringField("half", "done");
                    throw new IllegalStateException("interrupted");
                }));
        assertEquals(0, out.size());
    }
}
