package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives tokens as Google does to who logged in: {@code token-1}, {@code token-2} and so on. */
final class GcpTokens implements AutoCloseable {
    private final HttpServer http;
    private final AtomicInteger given = new AtomicInteger();
    private volatile boolean refusing;

    GcpTokens() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = (refusing
                            ? "{\"error\":\"invalid_grant\",\"error_description\":\"canary-of-the-login\"}"
                            : "{\"access_token\":\"token-" + given.incrementAndGet()
                                    + "\",\"expires_in\":3600,\"token_type\":\"Bearer\"}")
                    .getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(refusing ? 400 : 200, bytes.length);
            try (exchange) {
                exchange.getResponseBody().write(bytes);
            }
        });
        http.start();
    }

    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/token";
    }

    void refuse() {
        refusing = true;
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
