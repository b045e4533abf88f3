package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request or an answer of HTTP/1.1, whole.
 *
 * @param start the first line, without its end
 * @param headers by name, in any case
 * @param body without transfer coding
 */
record HttpMessage(String start, Map<String, List<String>> headers, byte[] body) {
    /** About one connection alone. */
    private static final List<String> HOP_BY_HOP = List.of(
            "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Upgrade", "HTTP2-Settings", "Expect");

    /** Reads the start line and the headers; the body is empty yet. Null at the end of the stream. */
    static @Nullable HttpMessage readHead(InputStream in) throws IOException {
        String start = readLine(in);
        if (start == null) {
            return null;
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = requireLine(in); !line.isEmpty(); line = requireLine(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("no header: " + line);
            }
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return new HttpMessage(start, headers, new byte[0]);
    }

    /**
     * This head with the body that follows it.
     *
     * @param untilEnd whether a body of unknown length goes on until the stream ends
     */
    HttpMessage withBody(InputStream in, boolean untilEnd) throws IOException {
        String length = first("Content-Length");
        byte[] read;
        if ("chunked".equalsIgnoreCase(first("Transfer-Encoding"))) {
            read = readChunks(in);
        } else if (length != null) {
            read = readExactly(in, Integer.parseInt(length));
        } else {
            read = untilEnd ? in.readAllBytes() : new byte[0];
        }
        return new HttpMessage(start, headers, read);
    }

    /** The first of the headers of a name. */
    @Nullable
    String first(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : values.get(0);
    }

    /** Start and headers as they are sent, those about the connection aside, with the empty line; and these headers. */
    byte[] head(String... more) {
        StringBuilder text = new StringBuilder(start).append("\r\n");
        headers.forEach((name, values) -> {
            if (HOP_BY_HOP.stream().noneMatch(name::equalsIgnoreCase)) {
                values.forEach(
                        value -> text.append(name).append(": ").append(value).append("\r\n"));
            }
        });
        for (String header : more) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(ISO_8859_1);
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int length =
                    Integer.parseInt(requireLine(in).replaceFirst(";.*", "").strip(), 16);
            if (length == 0) {
                while (!requireLine(in).isEmpty()) {
                    // Trailers.
                }
                return body.toByteArray();
            }
            body.writeBytes(readExactly(in, length));
            requireLine(in);
        }
    }

    private static byte[] readExactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the body ended early");
        }
        return bytes;
    }

    private static String requireLine(InputStream in) throws IOException {
        String line = readLine(in);
        if (line == null) {
            throw new EOFException("the message ended early");
        }
        return line;
    }

    private static @Nullable String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                return null;
            }
            if (read != '\r') {
                line.write(read);
            }
        }
        return line.toString(ISO_8859_1);
    }
}
