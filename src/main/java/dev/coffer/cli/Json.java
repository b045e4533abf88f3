package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** JSON as coffer prints it: one value in one line, in UTF-8. */
final class Json {
    // No recycled buffers: they would outlive the command with parts of secrets in them.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build()
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Json() {}

    /** Writes one value. */
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    static void write(OutputStream out, Body body) throws IOException {
        // Not closed when the body fails: closing would print what is half written.
        JsonGenerator json = FACTORY.createGenerator(out, JsonEncoding.UTF8);
        body.write(json);
        json.writeRaw('\n');
        json.close();
        out.flush();
    }

    /** A time as RFC 3339 writes it, in UTC, with milliseconds. */
    static String time(Instant instant) {
        return TIME.format(instant);
    }

    static void time(JsonGenerator json, String field, @Nullable Instant instant) throws IOException {
        text(json, field, instant == null ? null : time(instant));
    }

    static void text(JsonGenerator json, String field, @Nullable String text) throws IOException {
        json.writeFieldName(field);
        if (text == null) {
            json.writeNull();
        } else {
            json.writeString(text);
        }
    }

    static void version(JsonGenerator json, @Nullable Long version) throws IOException {
        json.writeFieldName("version");
        if (version == null) {
            json.writeNull();
        } else {
            json.writeNumber(version);
        }
    }

    static void texts(JsonGenerator json, String field, Collection<?> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (Object text : texts) {
            json.writeString(text.toString());
        }
        json.writeEndArray();
    }

    static void value(JsonGenerator json, String key, SecretValue value) throws IOException {
        json.writeFieldName(key);
        byte[] utf8 = value.revealUtf8();
        try {
            json.writeUTF8String(utf8, 0, utf8.length);
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }
}
