package dev.coffer.flavor;

import dev.coffer.flavor.Fault.Reply;
import dev.coffer.flavor.MeanProxy.Request;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A server of the tests, on loopback: HTTP/1.1, with TLS if that is given. Its answers have the headers that the handler
 * gives and no other, {@code Date} included, in which the server of the JDK always tells the time of this machine.
 */
public final class LoopbackServer implements AutoCloseable {
    /** What it answers; called by several threads. */
    public interface Handler {
        /** The answer to a request. */
        Reply answer(Request request) throws IOException, InterruptedException;
    }

    private final LoopbackListener listener;
    private final boolean encrypted;

    /**
     * Starts.
     *
     * @param name of its threads
     */
    public LoopbackServer(String name, @Nullable TestTls tls, Handler handler) {
        encrypted = tls != null;
        listener = new LoopbackListener(name, tls == null ? null : tls.serverContext(), (message, client, out) -> {
            String[] start = message.start().split(" ", 3);
            Request request = new Request(start[0], start[1], message.headers(), message.body());
            return LoopbackListener.send(handler.answer(request), request.method(), out);
        });
    }

    /** Scheme, host and port. */
    public URI address() {
        return URI.create((encrypted ? "https" : "http") + "://127.0.0.1:" + listener.port());
    }

    /**
     * What another server answers, over a connection of its own; 502 if it cannot be reached.
     *
     * @param server scheme {@code http}, host and port
     */
    public static Reply forward(URI server, Request request) throws IOException {
        HttpMessage message = new HttpMessage(
                request.method() + " " + request.target() + " HTTP/1.1", request.headers(), request.body());
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
            HttpMessage whole = LoopbackListener.hasBody(request.method(), status) ? head.withBody(in, true) : head;
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            whole.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
            return new Reply(status, headers, whole.body());
        } catch (ConnectException e) {
            return Reply.json(502, "{\"errors\":[\"the proxy cannot reach the server\"]}");
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        listener.close();
    }
}
