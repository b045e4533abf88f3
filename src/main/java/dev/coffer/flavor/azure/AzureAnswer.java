package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.coffer.flavor.http.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer as the Azure SDK wants it, whole. */
final class AzureAnswer extends HttpResponse {
    private static final Pattern WORD = Pattern.compile("[A-Za-z]{2,60}");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    /** As roles name a permission, and as access policies do. */
    private static final Pattern PERMISSION = Pattern.compile(
            "\\b(Microsoft\\.KeyVault/vaults/secrets/[A-Za-z/]{1,40}|secrets (?:get|list|set|delete|recover|purge))\\b");

    private static final Pattern PURGE = Pattern.compile("/deletedsecrets/[^/]+/?");
    private static final Pattern LISTING = Pattern.compile("/secrets/?|/secrets/[^/]+/versions/?");

    private final java.net.http.HttpResponse<byte[]> answer;
    private final HttpHeaders headers = new HttpHeaders();

    AzureAnswer(HttpRequest request, java.net.http.HttpResponse<byte[]> answer) {
        super(request);
        this.answer = answer;
        answer.headers().map().forEach((name, values) -> headers.set(HttpHeaderName.fromString(name), values));
    }

    /**
     * Does nothing if the vault has done what was asked, or wants to know who asks.
     *
     * @throws AzureFailure.Refused if it says no
     * @throws AzureFailure.Lost if it answers something else
     */
    void requireSuccess() {
        int status = answer.statusCode();
        if (status == 401) {
            return;
        }
        if (status >= 300) {
            JsonNode error = json().path("error");
            throw new AzureFailure.Refused(
                    status,
                    word(error.path("code")),
                    word(error.path("innererror").path("code")),
                    permission(error.path("message").asText("")),
                    requestId(headers),
                    Exchange.retryAfter(answer.headers()));
        }
        String path = getRequest().getUrl().getPath();
        boolean isProved = status == 204
                ? PURGE.matcher(path).matches()
                : LISTING.matcher(path).matches()
                        ? json().path("value").isArray()
                        : isAbout(path, json().path("id").asText(""));
        if (!isProved) {
            throw new AzureFailure.Lost("the answer is not one of Key Vault", true);
        }
    }

    /** Whether an id is one of the secret that was asked for, or a version of it. */
    private static boolean isAbout(String path, String id) {
        String name = path.replaceFirst("^/(?:deleted)?secrets/([^/]+).*$", "$1");
        return (id + "/").toLowerCase(Locale.ROOT).contains("/secrets/" + name.toLowerCase(Locale.ROOT) + "/");
    }

    private JsonNode json() {
        try {
            JsonNode body = AzureValue.json().readTree(answer.body());
            return body == null ? MissingNode.getInstance() : body;
        } catch (JacksonException e) {
            return MissingNode.getInstance(); // it quotes what it read
        } catch (IOException e) {
            throw new IllegalStateException("bytes can be read", e);
        }
    }

    /** A word and no more, so that no text of a server gets into a message. */
    private static String word(JsonNode code) {
        String text = code.asText("");
        return WORD.matcher(text).matches() ? text : "";
    }

    private static String permission(String message) {
        Matcher named = PERMISSION.matcher(message);
        return named.find() ? named.group(1) : "";
    }

    /** What Azure's support finds a request by; empty if the headers do not tell. */
    static String requestId(HttpHeaders headers) {
        String id = headers.getValue(HttpHeaderName.X_MS_REQUEST_ID);
        return id != null && REQUEST_ID.matcher(id).matches() ? id : "";
    }

    /** When an answer was given, by Azure's clock; null if the headers do not tell. */
    static @Nullable Instant date(HttpHeaders headers) {
        try {
            String date = headers.getValue(HttpHeaderName.DATE);
            return date == null
                    ? null
                    : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public int getStatusCode() {
        return answer.statusCode();
    }

    @Override
    @Deprecated
    public @Nullable String getHeaderValue(String name) {
        return headers.getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return Flux.just(ByteBuffer.wrap(answer.body()));
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return Mono.just(answer.body());
    }

    @Override
    public Mono<String> getBodyAsString() {
        return getBodyAsString(UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return Mono.just(new String(answer.body(), charset));
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
        return BinaryData.fromBytes(answer.body());
    }

    @Override
    public HttpResponse buffer() {
        return this;
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "AzureAnswer(" + answer.statusCode() + ")";
    }
}
