package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coffer.secrets.RemoteException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The clients of the SDK that are made when credentials have expired are closed, each once, and none while it is used. */
class AwsClientTest {
    private static final byte[] EXPIRED = "{\"__type\":\"ExpiredTokenException\"}".getBytes(UTF_8);

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final CountDownLatch slowArrived = new CountDownLatch(1);
    private final CountDownLatch slowMayGo = new CountDownLatch(1);
    private HttpServer server;
    private AwsClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer);
        server.start();
        client = new AwsClient(
                new AwsSettings(
                        "here",
                        Optional.of("eu-central-1"),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(address()),
                        Optional.empty(),
                        30,
                        false,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(20)),
                () -> new AwsClient.Open(sdk(), new Credentials()));
    }

    @AfterEach
    void stop() {
        slowMayGo.countDown();
        client.close();
        server.stop(0);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Answers the secret {@code slow} when it may, and says to all others that the token has expired. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isSlow = new String(exchange.getRequestBody().readAllBytes(), UTF_8).contains("slow");
            if (isSlow) {
                slowArrived.countDown();
                slowMayGo.await();
            }
            byte[] body = isSlow ? "{\"Name\":\"slow\"}".getBytes(UTF_8) : EXPIRED;
            exchange.sendResponseHeaders(isSlow ? 200 : 400, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SecretsManagerClient sdk() {
        made.incrementAndGet();
        return SecretsManagerClient.builder()
                .region(Region.EU_CENTRAL_1)
                .endpointOverride(address())
                .credentialsProvider(() -> AwsBasicCredentials.create("id", "key"))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** Closed with the client that uses them. */
    private final class Credentials implements AwsCredentialsProvider, SdkAutoCloseable {
        @Override
        public AwsCredentials resolveCredentials() {
            return AwsBasicCredentials.create("id", "key");
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private Sent<DescribeSecretResponse> describe(String name) {
        return client.repeat(
                "look at " + name, "DescribeSecret", sdk -> sdk.describeSecret(request -> request.secretId(name)));
    }

    @Test
    void expiredCredentials_leaveNoClientOpen() {
        for (int i = 1; i <= 5; i++) {
            RemoteException e = assertThrows(RemoteException.class, () -> describe("db"));
            assertTrue(e.getMessage().contains("expired"), e.getMessage());
            assertEquals(i + 1, made.get(), "one anew for each call");
            assertEquals(i, closed.get());
        }
        client.close();
        assertEquals(made.get(), closed.get());
    }

    @Test
    void clientThatAnotherThreadUses_isClosedWhenThatIsDone() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        Thread slow = new Thread(() -> answered.addAndGet(describe("slow").isAnswered() ? 1 : 0));
        slow.start();
        slowArrived.await();
        assertThrows(RemoteException.class, () -> describe("db"));
        assertEquals(2, made.get());
        assertEquals(0, closed.get(), "it is used");
        slowMayGo.countDown();
        slow.join();
        assertEquals(1, answered.get());
        assertEquals(1, closed.get());
    }
}
