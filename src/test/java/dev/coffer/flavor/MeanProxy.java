package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.coffer.flavor.Fault.Cut.Place;
import dev.coffer.flavor.Fault.Reply;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands on loopback between a flavor and its server, remembers every request, and does to some of them what networks and
 * servers do on a bad day. Both sides speak HTTP/1.1 without TLS; connections of clients are kept alive.
 */
public final class MeanProxy implements AutoCloseable {
    /**
     * A request that came, whatever became of it.
     *
     * @param method in upper case
     * @param target path and query, encoded as they were sent
     * @param headers by name, in any case
     * @param body as it was sent
     */
    public record Request(String method, String target, Map<String, List<String>> headers, byte[] body) {
        /** Method and target, for messages: headers and body may hold what no message may. */
        @Override
        public String toString() {
            return method + " " + target;
        }
    }

    private record Plan(Predicate<Request> which, Fault fault, boolean onceOnly) {}

    private final URI server;
    private final ServerSocket listener;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Plan> plans = new ArrayList<>();
    private final AtomicLong streamed = new AtomicLong();

    /**
     * Starts a proxy.
     *
     * @param server scheme {@code http}, host and port of the server
     */
    public MeanProxy(URI server) {
        this.server = server;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "mean-proxy");
            thread.setDaemon(true);
            return thread;
        });
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Where clients go instead of to the server, with a slash at the end. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
    }

    /** Does this to the next request, whichever it is. */
    public void next(Fault fault) {
        next(request -> true, fault);
    }

    /** Does this to the next such request. What was asked for first comes first. */
    public void next(Predicate<Request> which, Fault fault) {
        plan(new Plan(which, fault, true));
    }

    /** Does this to each such request, from now on. */
    public void always(Predicate<Request> which, Fault fault) {
        plan(new Plan(which, fault, false));
    }

    /** Does no more harm. */
    public void relent() {
        synchronized (plans) {
            plans.clear();
        }
    }

    /** Requests of this method whose path, the query aside, ends like this. */
    public static Predicate<Request> of(String method, String pathEnd) {
        return request -> request.method().equals(method)
                && request.target().replaceFirst("\\?.*", "").endsWith(pathEnd);
    }

    /** All requests that came since the start, or since they were forgotten, in their order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Counts from zero again. */
    public void forgetRequests() {
        requests.clear();
    }

    /** The bytes of oversized bodies that clients took, about. */
    public long streamedBytes() {
        return streamed.get();
    }

    /** Stops at once; open connections are reset. */
    @Override
    public void close() {
        try {
            listener.close();
            threads.shutdownNow();
            for (Socket socket : open) {
                reset(socket);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void plan(Plan plan) {
        synchronized (plans) {
            plans.add(plan);
        }
    }

    private @Nullable Fault faultFor(Request request) {
        synchronized (plans) {
            Iterator<Plan> waiting = plans.iterator();
            while (waiting.hasNext()) {
                Plan plan = waiting.next();
                if (plan.which().test(request)) {
                    if (plan.onceOnly()) {
                        waiting.remove();
                    }
                    return plan.fault();
                }
            }
            return null;
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException | RejectedExecutionException e) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            while (true) {
                HttpMessage head = HttpMessage.readHead(in);
                if (head == null) {
                    return;
                }
                if (head.first("Expect") != null) {
                    out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
                }
                if (!answer(head.withBody(in, false), client, out)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client went away, or this proxy was closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    /** False if the connection is spent. */
    private boolean answer(HttpMessage message, Socket client, OutputStream out)
            throws IOException, InterruptedException {
        String[] start = message.start().split(" ", 3);
        Request request = new Request(start[0], start[1], message.headers(), message.body());
        requests.add(request);
        Fault fault = faultFor(request);
        if (fault instanceof Fault.Cut cut && cut.place() == Place.BEFORE) {
            return reset(client);
        }
        if (fault instanceof Fault.Instead instead && !instead.forwarded()) {
            return send(instead.reply(), request, out);
        }
        if (fault instanceof Fault.Delay delay) {
            Thread.sleep(delay.before().toMillis());
        }
        Reply reply = forward(message, request);
        if (fault instanceof Fault.Delay delay) {
            Thread.sleep(delay.after().toMillis());
        } else if (fault instanceof Fault.Instead instead) {
            return send(instead.reply(), request, out);
        } else if (fault instanceof Fault.Edited edited) {
            return send(edited.edit().apply(reply), request, out);
        } else if (fault instanceof Fault.Oversized oversized) {
            return stream(oversized.bytes(), out);
        } else if (fault instanceof Fault.Cut cut) {
            return cut.place() == Place.AFTER ? reset(client) : sendHalf(reply, out);
        }
        return send(reply, request, out);
    }

    /** What the server answers, over a connection of its own; 502 if it cannot be reached. */
    private Reply forward(HttpMessage message, Request request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(message.head("Content-Length: " + message.body().length, "Connection: close"));
            out.write(message.body());
            out.flush();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            HttpMessage head = HttpMessage.readHead(in);
            if (head == null) {
                return Reply.json(502, "{\"errors\":[\"the server hung up on the proxy\"]}");
            }
            int status = Integer.parseInt(head.start().split(" ", 3)[1]);
            HttpMessage whole = hasBody(request, status) ? head.withBody(in, true) : head;
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            whole.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
            return new Reply(status, headers, whole.body());
        } catch (ConnectException e) {
            return Reply.json(502, "{\"errors\":[\"the proxy cannot reach the server\"]}");
        }
    }

    private static boolean hasBody(Request request, int status) {
        return !request.method().equals("HEAD") && status != 204 && status != 304;
    }

    private static boolean send(Reply reply, Request request, OutputStream out) throws IOException {
        boolean hasBody = hasBody(request, reply.status());
        out.write(hasBody ? head(reply, "Content-Length: " + reply.body().length) : head(reply));
        out.write(hasBody ? reply.body() : new byte[0]);
        out.flush();
        return true;
    }

    private static boolean sendHalf(Reply reply, OutputStream out) throws IOException {
        // One byte more than there is, so that an empty body is cut too.
        out.write(head(reply, "Content-Length: " + (reply.body().length + 1)));
        out.write(Arrays.copyOf(reply.body(), reply.body().length / 2));
        out.flush();
        return false;
    }

    private boolean stream(long bytes, OutputStream out) throws IOException {
        out.write(head(Reply.json(200, ""), "Transfer-Encoding: chunked"));
        byte[] piece = "{\"data\":{\"padding\":\"".getBytes(ISO_8859_1);
        for (long sent = 0; sent < bytes; sent += piece.length) {
            if (sent > 0 && piece.length < 8_192) {
                piece = new byte[8_192];
                Arrays.fill(piece, (byte) 'a');
            }
            out.write((Integer.toHexString(piece.length) + "\r\n").getBytes(ISO_8859_1));
            out.write(piece);
            out.write("\r\n".getBytes(ISO_8859_1));
            streamed.addAndGet(piece.length);
        }
        out.write("0\r\n\r\n".getBytes(ISO_8859_1));
        out.flush();
        return true;
    }

    private static byte[] head(Reply reply, String... more) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        reply.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        return new HttpMessage("HTTP/1.1 " + reply.status() + " as it is", headers, new byte[0]).head(more);
    }

    /** Closes without the handshake that tells an end from an accident. */
    private static boolean reset(Socket socket) throws IOException {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // Closed in this moment, by its thread or by close().
        }
        socket.close();
        return false;
    }
}
