package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.coffer.flavor.Fault.Reply;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Takes connections of HTTP/1.1 on a free port of loopback, keeps them alive, and gives each request to one method. */
final class LoopbackListener implements AutoCloseable {
    /** What is done with a request. */
    interface Exchange {
        /** False if the connection is spent. */
        boolean answer(HttpMessage request, Socket client, OutputStream out) throws IOException, InterruptedException;
    }

    private final Exchange exchange;
    private final ServerSocket listener;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    LoopbackListener(String name, @Nullable SSLContext tls, Exchange exchange) {
        this.exchange = exchange;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            listener = tls == null
                    ? new ServerSocket(0, 50, loopback)
                    : tls.getServerSocketFactory().createServerSocket(0, 50, loopback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
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
                if (!exchange.answer(head.withBody(in, false), client, out)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client went away, or this was closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    static boolean hasBody(String method, int status) {
        return !method.equals("HEAD") && status != 204 && status != 304;
    }

    static boolean send(Reply reply, String method, OutputStream out) throws IOException {
        boolean hasBody = hasBody(method, reply.status());
        out.write(hasBody ? head(reply, "Content-Length: " + reply.body().length) : head(reply));
        out.write(hasBody ? reply.body() : new byte[0]);
        out.flush();
        return true;
    }

    static byte[] head(Reply reply, String... more) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        reply.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        return new HttpMessage("HTTP/1.1 " + reply.status() + " as it is", headers, new byte[0]).head(more);
    }

    /** Closes without the handshake that tells an end from an accident. */
    static boolean reset(Socket socket) throws IOException {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // Closed in this moment, by its thread or by close().
        }
        socket.close();
        return false;
    }
}
