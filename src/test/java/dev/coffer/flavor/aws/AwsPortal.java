package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What logs in at AWS, on loopback: the portal of single sign-on ({@code GET /federation/credentials}), its server for tokens
 * ({@code POST /token}) and STS ({@code POST /}), each with the answer that it is told to give.
 */
final class AwsPortal implements AutoCloseable {
    private final HttpServer http;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private record Answer(int status, String error, String body) {}

    /**
     * A request that came.
     *
     * @param bearer the token of single sign-on; empty if there is none
     */
    record Request(String path, String bearer, String body) {}

    AwsPortal() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", this::answer);
        http.start();
    }

    String address() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort()).toString();
    }

    /** From now on. */
    void answer(String path, int status, String body) {
        answers.put(path, new Answer(status, "", body));
    }

    /** From now on, with an error of AWS's JSON services. */
    void refuse(String path, int status, String code, String message) {
        answers.put(path, new Answer(status, code, "{\"message\":\"" + message + "\"}"));
    }

    /** From now on, with an error of STS. */
    void refuseRole(int status, String code, String message) {
        answer("/", status, """
                <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>%s</Code>
                <Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>""".formatted(code, message));
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String bearer = exchange.getRequestHeaders().getFirst("x-amz-sso_bearer_token");
            requests.add(new Request(
                    path,
                    bearer == null ? "" : bearer,
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            Answer answer = answers.getOrDefault(path, new Answer(500, "", "{}"));
            if (!answer.error().isEmpty()) {
                exchange.getResponseHeaders().set("x-amzn-ErrorType", answer.error());
            }
            byte[] body = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
