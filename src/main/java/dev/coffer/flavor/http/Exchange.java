package dev.coffer.flavor.http;

import dev.coffer.secrets.RemoteException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one server and their answers, each once. The client is made when it is first used. Redirects are not
 * followed: they would carry credentials to another host. Safe for use by several threads.
 */
public final class Exchange {
    private final Endpoint endpoint;
    private final int maxAnswerBytes;
    private final String redirectHint;
    private @Nullable HttpClient http;
    private boolean closed;

    /**
     * Opens no connection.
     *
     * @param maxAnswerBytes more than any answer can have
     * @param redirectHint what to do when the server sends elsewhere
     */
    public Exchange(Endpoint endpoint, int maxAnswerBytes, String redirectHint) {
        this.endpoint = endpoint;
        this.maxAnswerBytes = maxAnswerBytes;
        this.redirectHint = redirectHint;
    }

    /**
     * Sends once. The time-out of a request ends with the head of its answer; that of the endpoint covers the body too.
     *
     * @throws NotSentException if nothing reached the server
     * @throws TooLargeException if the answer is longer than any can be
     * @throws IOException if no whole answer came, so that nobody knows what became of the request
     * @throws RemoteException if the server sends elsewhere, or the thread is interrupted
     */
    public HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client().sendAsync(request, info -> new BoundedBody(maxAnswerBytes));
        try {
            HttpResponse<byte[]> response = sent.get(endpoint.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() >= 300 && response.statusCode() < 400) {
                throw new RemoteException(
                        "%s, asked by %s, sends to another address, which is not followed"
                                .formatted(endpoint.provider(), endpoint.component()),
                        endpoint.component(),
                        redirectHint);
            }
            return response;
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new IOException("time-out");
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new RemoteException(
                    "waiting for %s, asked by %s, was interrupted%s"
                            .formatted(
                                    endpoint.provider(),
                                    endpoint.component(),
                                    request.method().equals("GET") ? "" : ", and it is not known whether it was done"),
                    endpoint.component(),
                    null);
        } catch (ExecutionException e) {
            throw classified(e.getCause());
        }
    }

    /** The exceptions of the client can hold parts of an answer, so none of them is kept as a cause. */
    static IOException classified(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof SSLHandshakeException || at instanceof SSLPeerUnverifiedException) {
                return new NotSentException(
                        "the server's certificate is not trusted, or it speaks no TLS that Java does", false);
            }
            if (at instanceof HttpConnectTimeoutException) {
                return new NotSentException("it cannot be reached: no connection within the time-out", true);
            }
            if (at instanceof ConnectException) {
                return new NotSentException("it cannot be reached: no connection", true);
            }
            if (at instanceof SSLException) { // the request may have been read before
                return new IOException("TLS");
            }
            if (at instanceof TooLargeException) {
                return new TooLargeException();
            }
        }
        return new IOException(cause instanceof HttpTimeoutException ? "time-out" : "connection");
    }

    /** How long the server asks to wait, in seconds; zero if it does not. */
    public static Duration retryAfter(HttpHeaders headers) {
        return headers.firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
    }

    private synchronized HttpClient client() {
        requireOpen();
        HttpClient known = http;
        if (known == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(endpoint.connectTimeout());
            if ("https".equalsIgnoreCase(endpoint.url().getScheme())) {
                builder.sslContext(endpoint.tls().context());
            } else {
                builder.proxy(HttpClient.Builder.NO_PROXY); // what is not encrypted stays on this machine
            }
            known = builder.build();
            http = known;
        }
        return known;
    }

    /**
     * Does nothing.
     *
     * @throws IllegalStateException if it was closed
     */
    public synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the secrets manager " + endpoint.component() + " is closed");
        }
    }

    /** Lets the client go. Repeatable. */
    public synchronized void close() {
        closed = true;
        http = null;
    }

    /** A path of several segments, each encoded as a URL needs it. */
    public static String encode(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || "-_.~/".indexOf(b) >= 0;
            if (plain) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /** Whether it is printable ASCII without spaces, as all that goes into a header has to be here. */
    public static boolean isHeader(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    /** What a component was refused, with whose words are known. */
    public RemoteException failed(String operation, String why, @Nullable String hint) {
        return new RemoteException(
                "%s, asked by %s to %s: %s".formatted(endpoint.provider(), endpoint.component(), operation, why),
                endpoint.component(),
                hint);
    }
}
