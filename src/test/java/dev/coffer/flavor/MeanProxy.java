package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.coffer.flavor.Fault.Cut.Place;
import dev.coffer.flavor.Fault.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final LoopbackListener listener;
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
        this.listener = new LoopbackListener("mean-proxy", null, this::answer);
    }

    /** Where clients go instead of to the server, with a slash at the end. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + listener.port() + "/");
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
        listener.close();
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

    /** False if the connection is spent. */
    private boolean answer(HttpMessage message, Socket client, OutputStream out)
            throws IOException, InterruptedException {
        String[] start = message.start().split(" ", 3);
        Request request = new Request(start[0], start[1], message.headers(), message.body());
        requests.add(request);
        Fault fault = faultFor(request);
        if (fault instanceof Fault.Cut cut && cut.place() == Place.BEFORE) {
            return LoopbackListener.reset(client);
        }
        if (fault instanceof Fault.Instead instead && !instead.forwarded()) {
            return LoopbackListener.send(instead.reply(), request.method(), out);
        }
        if (fault instanceof Fault.Delay delay) {
            Thread.sleep(delay.before().toMillis());
        }
        Reply reply = LoopbackServer.forward(server, request);
        if (fault instanceof Fault.Delay delay) {
            Thread.sleep(delay.after().toMillis());
        } else if (fault instanceof Fault.Instead instead) {
            return LoopbackListener.send(instead.reply(), request.method(), out);
        } else if (fault instanceof Fault.Edited edited) {
            return LoopbackListener.send(edited.edit().apply(reply), request.method(), out);
        } else if (fault instanceof Fault.Oversized oversized) {
            return stream(oversized.bytes(), out);
        } else if (fault instanceof Fault.Cut cut) {
            return cut.place() == Place.AFTER ? LoopbackListener.reset(client) : sendHalf(reply, out);
        }
        return LoopbackListener.send(reply, request.method(), out);
    }

    private static boolean sendHalf(Reply reply, OutputStream out) throws IOException {
        // One byte more than there is, so that an empty body is cut too.
        out.write(LoopbackListener.head(reply, "Content-Length: " + (reply.body().length + 1)));
        out.write(Arrays.copyOf(reply.body(), reply.body().length / 2));
        out.flush();
        return false;
    }

    private boolean stream(long bytes, OutputStream out) throws IOException {
        out.write(LoopbackListener.head(Reply.json(200, ""), "Transfer-Encoding: chunked"));
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
}
