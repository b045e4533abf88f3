package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault looks to a client like what it stands for, and reaches the server or does not, as it says. */
class MeanProxyTest {
    private static final String ECHO = "{\"said\":\"%s\"}";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> reached = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private MeanProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::echo);
        server.setExecutor(threads);
        server.start();
        proxy = new MeanProxy(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void echo(HttpExchange exchange) throws IOException {
        reached.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        byte[] body = ECHO.formatted(new String(exchange.getRequestBody().readAllBytes(), UTF_8))
                .getBytes(UTF_8);
        exchange.getResponseHeaders()
                .add("X-Seen", "" + exchange.getRequestHeaders().getFirst("X-Token"));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
        } else if (exchange.getRequestURI().getPath().equals("/nothing")) {
            exchange.sendResponseHeaders(204, -1);
        } else if (exchange.getRequestURI().getPath().equals("/chunks")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(body);
        } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return post(path, body, Duration.ofMinutes(1));
    }

    private HttpResponse<String> post(String path, String body, Duration timeout)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(proxy.address().resolve(path))
                        .timeout(timeout)
                        .header("X-Token", "the token")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private void assertServes() throws IOException, InterruptedException {
        assertEquals(ECHO.formatted("after"), post("/after", "after").body());
    }

    @Test
    void requests_withoutFault_goThroughAndAreRemembered() throws Exception {
        HttpResponse<String> echo = post("/a%2Fb/c?list=true", "hello");
        assertEquals(ECHO.formatted("hello"), echo.body());
        assertEquals("the token", echo.headers().firstValue("x-seen").orElse(""));
        assertEquals(204, post("/nothing", "").statusCode());
        assertEquals(ECHO.formatted("in chunks"), post("/chunks", "in chunks").body());

        assertEquals(List.of("POST /a%2Fb/c?list=true", "POST /nothing", "POST /chunks"), reached);
        List<MeanProxy.Request> seen = proxy.requests();
        assertEquals("[POST /a%2Fb/c?list=true, POST /nothing, POST /chunks]", seen.toString());
        assertEquals(List.of("the token"), seen.get(0).headers().get("x-token"));
        assertEquals("hello", new String(seen.get(0).body(), UTF_8));
        proxy.forgetRequests();
        assertEquals(List.of(), proxy.requests());
    }

    @Test
    void requestInChunks_andOneWithoutBody_goThrough() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(proxy.address().resolve("/a"))
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream("in chunks".getBytes(UTF_8))))
                .build();
        assertEquals(
                ECHO.formatted("in chunks"),
                client.send(request, BodyHandlers.ofString()).body());

        HttpRequest head = HttpRequest.newBuilder(proxy.address().resolve("/a"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertEquals(200, client.send(head, BodyHandlers.ofString()).statusCode());
        assertServes();
    }

    @Test
    void faults_hitWhatTheyWereMeantFor() throws Exception {
        proxy.next(MeanProxy.of("POST", "/b"), Fault.refuse(403, "{\"errors\":[\"permission denied\"]}"));
        proxy.next(MeanProxy.of("POST", "/b"), Fault.refuse(500, "{}"));
        proxy.next(MeanProxy.of("GET", "/a"), Fault.refuse(501, "{}"));

        assertEquals(200, post("/a", "").statusCode());
        HttpResponse<String> first = post("/x/b?c=d", "");
        assertEquals(403, first.statusCode());
        assertEquals("{\"errors\":[\"permission denied\"]}", first.body());
        assertEquals(500, post("/b", "").statusCode());
        assertEquals(200, post("/b", "").statusCode());
        assertEquals(List.of("POST /a", "POST /b"), reached);
    }

    @Test
    void faultForAlways_staysUntilTheProxyRelents() throws Exception {
        proxy.always(request -> true, Fault.throttle("1"));

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = post("/a", "");
            assertEquals(429, answer.statusCode());
            assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
        }
        assertEquals(List.of(), reached);
        proxy.relent();
        assertServes();
    }

    @Test
    void failureAfterwards_reachesTheServer() throws Exception {
        proxy.next(Fault.failAfterwards(500, "{\"errors\":[\"internal error\"]}"));

        assertEquals(500, post("/a", "kept").statusCode());
        assertEquals(List.of("POST /a"), reached);
        assertServes();
    }

    @Test
    void delayAfter_reachesTheServerAndIsTooLongForTheClient() throws Exception {
        proxy.next(Fault.delayAfter(Duration.ofMinutes(1)));

        assertThrows(HttpTimeoutException.class, () -> post("/a", "", Duration.ofSeconds(1)));
        assertEquals(List.of("POST /a"), reached);
        assertServes();
    }

    @Test
    void delayBefore_doesNotReachTheServerYet() throws Exception {
        proxy.next(Fault.delayBefore(Duration.ofMinutes(1)));

        assertThrows(HttpTimeoutException.class, () -> post("/a", "", Duration.ofSeconds(1)));
        assertEquals(List.of(), reached);
        assertServes();
    }

    @Test
    void delayThatTheClientBears_answersAsTheServer() throws Exception {
        proxy.next(Fault.delayAfter(Duration.ofMillis(200)));

        long start = System.nanoTime();
        assertEquals(ECHO.formatted("late"), post("/a", "late").body());
        assertTrue(System.nanoTime() - start >= 200_000_000, "it was not late");
    }

    @Test
    void cutBefore_doesNotReachTheServer() throws Exception {
        proxy.next(Fault.cutBefore());

        assertThrows(IOException.class, () -> post("/a", ""));
        assertEquals(List.of(), reached);
        assertServes();
    }

    @Test
    void cutAfter_reachesTheServer() throws Exception {
        proxy.next(Fault.cutAfter());

        assertThrows(IOException.class, () -> post("/a", ""));
        assertEquals(List.of("POST /a"), reached);
        assertServes();
    }

    @Test
    void cutOfAGet_isSeenOnlyIfItHappensTwice() throws Exception {
        HttpRequest get = HttpRequest.newBuilder(proxy.address().resolve("/a")).build();
        proxy.next(Fault.cutAfter());
        assertEquals(200, client.send(get, BodyHandlers.ofString()).statusCode());
        assertEquals("[GET /a, GET /a]", proxy.requests().toString());

        proxy.next(Fault.cutBefore());
        proxy.next(Fault.cutBefore());
        assertThrows(IOException.class, () -> client.send(get, BodyHandlers.ofString()));
        assertEquals(4, proxy.requests().size());
    }

    @Test
    void cutMidway_givesTheHeadAndHalfOfTheBody() throws Exception {
        proxy.next(Fault.cutMidway());
        proxy.next(Fault.cutMidway());

        assertThrows(IOException.class, () -> post("/a", "hello"));
        HttpResponse<InputStream> half = client.send(
                HttpRequest.newBuilder(proxy.address().resolve("/a")).build(), BodyHandlers.ofInputStream());
        assertEquals(200, half.statusCode());
        assertThrows(IOException.class, () -> half.body().readAllBytes());
        assertEquals(List.of("POST /a", "GET /a"), reached);
        assertServes();
    }

    @Test
    void truncation_isSoundHttp() throws Exception {
        proxy.next(Fault.truncate());

        HttpResponse<String> answer = post("/a", "hello");
        assertEquals(200, answer.statusCode());
        assertEquals("{\"said\":", answer.body());
        assertServes();
    }

    @Test
    void oversize_goesOnUntilTheClientHasEnough() throws Exception {
        long promised = 1L << 32;
        proxy.next(Fault.oversize(promised));
        HttpResponse<InputStream> answer = client.send(
                HttpRequest.newBuilder(proxy.address().resolve("/a")).build(), BodyHandlers.ofInputStream());

        try (InputStream body = answer.body()) {
            assertEquals("{\"data\":{\"padding\":\"aaaa", new String(body.readNBytes(24), UTF_8).substring(0, 24));
            assertEquals(2_000_000, body.readNBytes(2_000_000).length);
        }
        assertTrue(proxy.streamedBytes() >= 2_000_000, () -> proxy.streamedBytes() + " bytes were sent");
        assertServes();
        assertTrue(proxy.streamedBytes() < promised / 2, () -> proxy.streamedBytes() + " bytes were sent");
    }

    @Test
    void oversize_thatIsTakenWhole_ends() throws Exception {
        proxy.next(Fault.oversize(100_000));

        int taken = post("/a", "").body().length();
        assertTrue(taken >= 100_000 && taken < 110_000, () -> taken + " bytes came");
        assertServes();
    }

    @Test
    void redirect_namesTheOtherHost() throws Exception {
        try (MeanProxy elsewhere = new MeanProxy(proxy.address())) {
            proxy.next(Fault.redirect(307, elsewhere.address().resolve("/a")));

            HttpResponse<String> answer = post("/a", "");
            assertEquals(307, answer.statusCode());
            assertEquals(
                    elsewhere.address() + "a",
                    answer.headers().firstValue("location").orElse(""));
            assertEquals(List.of(), elsewhere.requests());
        }
        assertEquals(List.of(), reached);
    }

    @Test
    void edit_changesTheAnswer() throws Exception {
        proxy.next(Fault.edit(reply -> reply.withBody("[]".getBytes(UTF_8))));

        HttpResponse<String> answer = post("/a", "");
        assertEquals("[]", answer.body());
        assertEquals("the token", answer.headers().firstValue("x-seen").orElse(""));
    }

    @Test
    void serverThatIsGone_isTold() throws Exception {
        server.stop(0);

        assertEquals(502, post("/a", "").statusCode());
    }

    @Test
    void proxyThatWasClosed_isGone() throws Exception {
        assertServes();

        proxy.close();

        assertThrows(IOException.class, () -> post("/a", ""));
    }
}
