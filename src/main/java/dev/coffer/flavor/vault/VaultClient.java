package dev.coffer.flavor.vault;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.flavor.http.NotSentException;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.flavor.http.TooLargeException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one server, with a token that is got, renewed and got again as needed. Safe for use by several threads.
 *
 * <p>Reads, and what the server says it did not do (status 429, 503), are sent again a few times. A write whose outcome is
 * unknown is not: {@link #write} says so, and whoever sent it looks what became of it. Redirects are not followed: they
 * would carry the token to another host.
 */
final class VaultClient {
    private static final int MAX_ANSWER_BYTES = 6 * Secret.MAX_BYTES + (4 << 20); // Go writes < as six characters
    private static final int MAX_DEPTH = 1_000;
    private static final int MAX_NUMBER_DIGITS = 100_000;
    private static final int MAX_TOKEN_BYTES = 64 << 10;
    private static final String UNKNOWN = ", and it is not known whether it was done";

    // Numbers of other tools keep all their digits.
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_DIGITS)
                            .maxStringLength(MAX_ANSWER_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final VaultSettings settings;
    private final Exchange exchange;
    private final Pauses pauses;
    private final VaultToken token;

    VaultClient(VaultSettings settings, Pauses pauses) {
        this.settings = settings;
        this.exchange =
                new Exchange(settings.endpoint(), MAX_ANSWER_BYTES, "name the active server in the attribute url");
        this.pauses = pauses;
        this.token = new VaultToken(settings, this);
    }

    VaultSettings settings() {
        return settings;
    }

    /** What became of a write. */
    enum Outcome {
        /** The server answered. */
        ANSWERED,
        /** It was sent, and nobody knows whether it was done. */
        UNKNOWN
    }

    /**
     * A write and its answer.
     *
     * @param outcome whether there is one
     * @param answer what the server said
     * @param trouble what to say if the outcome stays unknown
     */
    record Written(Outcome outcome, VaultAnswer answer, RemoteException trouble) {}

    /** Reads, as often as it takes. */
    VaultAnswer get(String operation, String path) {
        return repeated(operation, () -> authorized(operation, "GET", path, null));
    }

    /** Posts something that changes nothing. */
    VaultAnswer ask(String operation, String path, ObjectNode body) {
        return repeated(operation, () -> authorized(operation, "POST", path, body));
    }

    /** Sends something that may be sent twice without harm. */
    VaultAnswer sendAgain(String operation, String method, String path, @Nullable ObjectNode body) {
        return repeated(operation, () -> authorized(operation, method, path, body));
    }

    /** Writes once. */
    Written write(String operation, String method, String path, @Nullable ObjectNode body) {
        RemoteException trouble = failed(operation, "no answer came" + UNKNOWN, null);
        for (int attempt = 1; ; attempt++) {
            VaultAnswer answer;
            try {
                answer = authorized(operation, method, path, body);
            } catch (NotSentException e) {
                if (e.mayPass() && attempt < Pauses.ATTEMPTS) {
                    pauses.before(attempt, Duration.ZERO);
                    continue;
                }
                throw failed(operation, e.why(), e.hint());
            } catch (IOException e) {
                return new Written(Outcome.UNKNOWN, VaultAnswer.empty(0, Duration.ZERO), trouble);
            }
            if (answer.isNotDone() && attempt < Pauses.ATTEMPTS) {
                pauses.before(attempt, answer.retryAfter());
            } else if (answer.status() >= 500 && !answer.isNotDone()) {
                return new Written(Outcome.UNKNOWN, answer, failed(operation, answer.describe() + UNKNOWN, null));
            } else {
                return new Written(Outcome.ANSWERED, answer, trouble);
            }
        }
    }

    /** Waits before something is tried again. */
    void pause(int attempt) {
        pause(attempt, Duration.ZERO);
    }

    /**
     * Waits before something is tried again.
     *
     * @param wanted what the server asked for
     */
    void pause(int attempt, Duration wanted) {
        pauses.before(attempt, wanted);
        requireOpen();
    }

    private interface Attempt {
        VaultAnswer send() throws IOException;
    }

    private VaultAnswer repeated(String operation, Attempt request) {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == Pauses.ATTEMPTS;
            Duration wanted = Duration.ZERO;
            try {
                VaultAnswer answer = request.send();
                if (last || !(answer.isNotDone() || answer.status() >= 500)) {
                    return answer;
                }
                wanted = answer.retryAfter();
            } catch (NotSentException e) {
                if (last || !e.mayPass()) {
                    throw failed(operation, e.why(), e.hint());
                }
            } catch (TooLargeException e) {
                throw failed(operation, "the answer is longer than any secret can be", "check the attribute url");
            } catch (IOException e) {
                if (last) {
                    throw failed(operation, "no whole answer came", "try again");
                }
            }
            pauses.before(attempt, wanted);
        }
    }

    /** With the token; one that is refused is got anew, once. */
    private VaultAnswer authorized(String operation, String method, String path, @Nullable ObjectNode body)
            throws IOException {
        String used = token.current(operation);
        VaultAnswer answer = send(method, path, body, used);
        if (answer.status() == 403) {
            Optional<String> next = token.insteadOf(used, operation);
            if (next.isPresent()) {
                return send(method, path, body, next.get());
            }
        }
        return answer;
    }

    /** One request and its answer, without any repetition. */
    VaultAnswer send(String method, String path, @Nullable ObjectNode body, @Nullable String token) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(settings.endpoint().requestTimeout())
                .header("X-Vault-Request", "true")
                .header("Accept", "application/json");
        settings.namespace().ifPresent(namespace -> request.header("X-Vault-Namespace", namespace));
        if (token != null) {
            request.header("X-Vault-Token", token);
        }
        byte[] bytes = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
        request.method(
                method,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(bytes));
        try {
            return answer(exchange.send(request.build()));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private VaultAnswer answer(HttpResponse<byte[]> response) throws IOException {
        Duration wait = Exchange.retryAfter(response.headers());
        byte[] bytes = response.body();
        try {
            JsonNode body = bytes.length == 0 ? null : JSON.readTree(bytes);
            return body == null || !body.isObject()
                    ? VaultAnswer.empty(response.statusCode(), wait)
                    : new VaultAnswer(response.statusCode(), body, wait);
        } catch (JacksonException e) { // quotes what it read
            if (response.statusCode() < 300) {
                throw new IOException("no JSON");
            }
            return VaultAnswer.empty(response.statusCode(), wait);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    void requireOpen() {
        exchange.requireOpen();
    }

    void close() {
        exchange.close();
        token.forget();
    }

    private URI uri(String path) {
        return settings.endpoint().url().resolve("v1/" + path);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectMapper json() {
        return JSON;
    }

    /** The content of a file that holds a token, without what is around it. */
    static String readToken(Path file) {
        try {
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_TOKEN_BYTES);
            }
            try {
                String text = new String(bytes, StandardCharsets.US_ASCII).strip();
                if (!text.isEmpty() && Exchange.isHeader(text)) {
                    return text;
                }
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        } catch (IOException e) {
            throw new StoreFileException(
                    "the token file " + file + " cannot be read",
                    file.toString(),
                    "log in with 'vault login', or set VAULT_TOKEN",
                    e);
        }
        throw new StoreFileException("there is no token in " + file, file.toString(), "log in with 'vault login'");
    }

    /** The error of an operation that the server did not do. */
    RemoteException failed(String operation, String why, @Nullable String hint) {
        return exchange.failed(operation, why, hint);
    }

    /** The error of an answer that was not expected. */
    RemoteException refused(String operation, VaultAnswer answer) {
        String hint = answer.status() == 403
                ? "the token is not valid any more, or its policies do not allow this"
                : answer.remedy().orElse(null);
        return failed(operation, answer.describe(), hint);
    }
}
