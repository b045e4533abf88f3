package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a {@link MeanProxy} does to a request. The JDK's client repeats a GET by itself, once, if its connection is cut
 * before any answer: a caller sees that only when both are cut.
 */
public sealed interface Fault {
    /** Waits, forwards, waits again, and answers as the server did. */
    record Delay(Duration before, Duration after) implements Fault {}

    /** Answers with something else, and may have forwarded the request all the same. */
    record Instead(boolean forwarded, Reply reply) implements Fault {}

    /** Cuts the connection: before forwarding, after that without an answer, or in the middle of the answer's body. */
    record Cut(Place place) implements Fault {
        enum Place {
            BEFORE,
            AFTER,
            MIDWAY
        }
    }

    /** Forwards, and changes what the server answered. */
    record Edited(UnaryOperator<Reply> edit) implements Fault {}

    /** Forwards, and streams the beginning of a JSON text of this length, in chunks, until the client has enough. */
    record Oversized(long bytes) implements Fault {}

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param headers those that matter
     * @param body may be empty
     */
    record Reply(int status, Map<String, String> headers, byte[] body) {
        /** With a body of JSON. */
        public static Reply json(int status, String body) {
            return new Reply(status, Map.of("Content-Type", "application/json"), body.getBytes(UTF_8));
        }

        /** With another body. */
        Reply withBody(byte[] other) {
            return new Reply(status, headers, other);
        }
    }

    /** The server is slow to see the request. */
    static Fault delayBefore(Duration time) {
        return new Delay(time, Duration.ZERO);
    }

    /** The server did what was asked, and its answer is slow. */
    static Fault delayAfter(Duration time) {
        return new Delay(Duration.ZERO, time);
    }

    /** The server never sees the request, which gets this status and body. */
    static Fault refuse(int status, String json) {
        return new Instead(false, Reply.json(status, json));
    }

    /** The server never sees the request, which came too soon after others. */
    static Fault throttle(String retryAfter) {
        return new Instead(
                false,
                new Reply(
                        429,
                        Map.of("Retry-After", retryAfter, "Content-Type", "application/json"),
                        "{}".getBytes(UTF_8)));
    }

    /** The server never sees the request, which is sent elsewhere, with a status such as 307. */
    static Fault redirect(int status, URI elsewhere) {
        return new Instead(false, new Reply(status, Map.of("Location", elsewhere.toString()), new byte[0]));
    }

    /** The server did what was asked, and yet the answer has this status and body. */
    static Fault failAfterwards(int status, String json) {
        return new Instead(true, Reply.json(status, json));
    }

    /** The server never sees the request, whose connection is reset. */
    static Fault cutBefore() {
        return new Cut(Cut.Place.BEFORE);
    }

    /** The server did what was asked; the connection is reset without an answer. */
    static Fault cutAfter() {
        return new Cut(Cut.Place.AFTER);
    }

    /** The server did what was asked; the connection ends after half of the body that was announced. */
    static Fault cutMidway() {
        return new Cut(Cut.Place.MIDWAY);
    }

    /** The server did what was asked; the answer is sound HTTP, but its body is half of what it was. */
    static Fault truncate() {
        return new Edited(reply -> reply.withBody(Arrays.copyOf(reply.body(), reply.body().length / 2)));
    }

    /** The server did what was asked; its answer goes on and on. */
    static Fault oversize(long bytes) {
        return new Oversized(bytes);
    }

    /** The server did what was asked; its answer is changed: a stale list, say. */
    static Fault edit(UnaryOperator<Reply> edit) {
        return new Edited(edit);
    }
}
