package dev.coffer.flavor.gcp;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Carries the requests of Google's client over the HTTP client of the JDK: with time-outs for the whole of an answer, with
 * a limit for its length, and without following redirects, which would carry a secret to another host. An answer that is an
 * error becomes a {@link GcpFailure}, unless it is one to a login, which Google's own classes want to read.
 */
final class GcpTransport extends HttpTransport {
    private static final int MAX_ANSWER_BYTES = 32 << 20; // a page of a listing; no secret has more than 64 KiB
    private static final Set<String> NOT_OURS =
            Set.of("content-length", "host", "connection", "expect", "accept-encoding");
    private static final Pattern PERMISSION = Pattern.compile("\\b(secretmanager\\.[a-z]+\\.[a-zA-Z]{1,40})\\b");

    private static final Pattern LISTING = Pattern.compile("[^?]*/(?:secrets|versions)(?:\\?.*)?");
    private static final Set<String> LISTED = Set.of("secrets", "versions", "nextPageToken", "totalSize");

    private final HttpClient http;
    private final Duration timeout;
    private final boolean login;

    /**
     * Makes a transport. Opens no connection.
     *
     * @param login whether it is for the requests by which credentials get their tokens
     */
    GcpTransport(GcpSettings settings, boolean login) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout());
        if (settings.isPlain()) {
            builder.proxy(HttpClient.Builder.NO_PROXY); // what is not encrypted stays on this machine
        }
        this.http = builder.build();
        this.timeout = settings.requestTimeout();
        this.login = login;
    }

    @Override
    public boolean supportsMethod(String method) {
        return true;
    }

    @Override
    protected LowLevelHttpRequest buildRequest(String method, String url) {
        return new Request(method, url);
    }

    private final class Request extends LowLevelHttpRequest {
        private final String method;
        private final String url;
        private final List<String> headers = new ArrayList<>();

        Request(String method, String url) {
            this.method = method;
            this.url = url;
        }

        @Override
        public void addHeader(String name, String value) {
            if (!NOT_OURS.contains(name.toLowerCase(Locale.ROOT))) {
                headers.add(name);
                headers.add(value);
            }
        }

        @Override
        public LowLevelHttpResponse execute() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if (getStreamingContent() != null) {
                getStreamingContent().writeTo(body);
                if (getContentType() != null) {
                    addHeader("Content-Type", getContentType());
                }
                if (getContentEncoding() != null) {
                    addHeader("Content-Encoding", getContentEncoding());
                }
            }
            byte[] bytes = body.toByteArray();
            try {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                        .timeout(timeout)
                        .method(
                                method,
                                bytes.length == 0 && getStreamingContent() == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(bytes));
                if (!headers.isEmpty()) {
                    request.headers(headers.toArray(String[]::new));
                }
                return answered(
                        exchange(request.build()),
                        method.equals("GET") && LISTING.matcher(url).matches());
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }

    /** The time-out of a request ends with the head of its answer; this one covers the body too. */
    private Answer exchange(HttpRequest request) throws IOException {
        CompletableFuture<Answer> sent = http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(GcpTransport::whole);
        try {
            return sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new GcpFailure.Lost("no whole answer came in time");
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new GcpFailure.Lost("waiting for an answer was interrupted", false);
        } catch (ExecutionException e) {
            throw classified(e.getCause());
        }
    }

    private static Answer whole(HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
            return new Answer(response.statusCode(), response.headers().map(), bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The exceptions of the client can hold parts of an answer, so none of them is kept as a cause. */
    private static GcpFailure classified(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof SSLHandshakeException || at instanceof SSLPeerUnverifiedException) {
                return new GcpFailure.NotSent(
                        "the server's certificate is not trusted, or it speaks no TLS that Java does", false);
            }
            if (at instanceof HttpConnectTimeoutException) {
                return new GcpFailure.NotSent("it cannot be reached: no connection within the time-out", true);
            }
            if (at instanceof ConnectException) {
                return new GcpFailure.NotSent("it cannot be reached: no connection", true);
            }
        }
        return new GcpFailure.Lost("no whole answer came");
    }

    private Answer answered(Answer answer, boolean listing) throws GcpFailure {
        if (answer.bytes().length > MAX_ANSWER_BYTES) {
            throw new GcpFailure.Lost("the answer is longer than any can be", false);
        }
        if (answer.status() >= 300 && answer.status() < 400) {
            throw new GcpFailure.Refused(answer.status(), "", false, "", Duration.ZERO);
        }
        if (!login && answer.status() >= 300) {
            throw refused(answer);
        }
        if (listing && !login && !isListing(json(answer))) {
            throw new GcpFailure.Lost("the answer is no listing");
        }
        return answer;
    }

    /** Google's client takes any object for an empty listing; an empty one is one indeed. */
    private static boolean isListing(JsonNode body) {
        return body.isObject() && (body.isEmpty() || LISTED.stream().anyMatch(body::has));
    }

    private static GcpFailure.Refused refused(Answer answer) {
        JsonNode error = json(answer).path("error");
        String message = error.path("message").asText("");
        Matcher permission = PERMISSION.matcher(error.toString());
        return new GcpFailure.Refused(
                answer.status(),
                known(error.path("status").asText("")),
                message.contains("/secrets/") || message.startsWith("Secret"),
                answer.status() == 403 && permission.find() ? permission.group(1) : "",
                answer.retryAfter());
    }

    private static JsonNode json(Answer answer) {
        try {
            JsonNode body = GcpPayload.json().readTree(answer.bytes());
            return body == null ? MissingNode.getInstance() : body;
        } catch (JacksonException e) {
            return MissingNode.getInstance(); // it quotes what it read
        } catch (IOException e) {
            throw new IllegalStateException("bytes can be read", e);
        }
    }

    /** A word and no more, so that no text of a server gets into a message. */
    private static String known(String code) {
        return code.matches("[A-Z_]{2,30}") ? code : "";
    }

    @Override
    public void shutdown() {
        // The JDK's client frees its threads when nobody holds it any more.
    }

    /** An answer, whole. */
    private static final class Answer extends LowLevelHttpResponse {
        private final int status;
        private final List<Map.Entry<String, String>> headers = new ArrayList<>();
        private final byte[] bytes;

        Answer(int status, Map<String, List<String>> given, byte[] bytes) {
            this.status = status;
            this.bytes = bytes;
            given.forEach((name, values) -> values.forEach(value -> headers.add(Map.entry(name, value))));
        }

        int status() {
            return status;
        }

        byte[] bytes() {
            return bytes;
        }

        Duration retryAfter() {
            String text = header("Retry-After");
            return text != null && text.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
        }

        private @Nullable String header(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public InputStream getContent() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public @Nullable String getContentEncoding() {
            return header("Content-Encoding");
        }

        @Override
        public long getContentLength() {
            return bytes.length;
        }

        @Override
        public @Nullable String getContentType() {
            return header("Content-Type");
        }

        @Override
        public String getStatusLine() {
            return "HTTP/1.1 " + status;
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getReasonPhrase() {
            return "";
        }

        @Override
        public int getHeaderCount() {
            return headers.size();
        }

        @Override
        public String getHeaderName(int index) {
            return headers.get(index).getKey();
        }

        @Override
        public String getHeaderValue(int index) {
            return headers.get(index).getValue();
        }

        /** Nothing of it. */
        @Override
        public String toString() {
            return "Answer(" + status + ")";
        }
    }
}
