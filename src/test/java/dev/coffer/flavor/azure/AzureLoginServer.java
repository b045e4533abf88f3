package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** Gives tokens to one application, as Microsoft's login does by the grant {@code client_credentials} of OAuth 2. */
final class AzureLoginServer implements AutoCloseable {
    static final String SECRET = "application-secret";

    private final HttpsServer https;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String token = "token-1";

    AzureLoginServer(SSLContext tls) {
        try {
            https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        https.createContext("/", this::answer);
        https.start();
    }

    String address() {
        return "https://127.0.0.1:" + https.getAddress().getPort();
    }

    /** The token that is given from now on. */
    void give(String other) {
        token = other;
    }

    /** Method, path and body of each request. */
    List<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        boolean isToken = exchange.getRequestURI().getPath().equals("/the-tenant/oauth2/v2.0/token");
        boolean isKnown = isToken && (body + "&").contains("client_secret=" + SECRET + "&");
        String answer = isKnown
                ? "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"ext_expires_in\":3599,\"access_token\":\"" + token
                        + "\"}"
                : "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided: "
                        + body + "\",\"error_codes\":[7000215]}";
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] bytes = answer.getBytes(UTF_8);
        exchange.sendResponseHeaders(isKnown ? 200 : isToken ? 401 : 404, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        https.stop(0);
    }
}
