package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between coffer and a PostgreSQL server, in clear, and knows enough of the protocol to do harm at a given statement.
 * Counts round trips and keeps all bytes.
 */
final class PostgresProxy implements AutoCloseable {
    private static final int SSL_REQUEST = 80_877_103;

    private final ServerSocket listener;
    private final int serverPort;
    private final List<Planned> faults = new CopyOnWriteArrayList<>();
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private volatile boolean refusing;
    private volatile boolean dripping;
    private volatile @Nullable String dripFrom;
    private final AtomicInteger roundTrips = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    /** What can go wrong. */
    enum Kind {
        /** The statement never arrives, and the connection ends. */
        CUT_BEFORE,
        /** The statement is done, and the connection ends instead of the answer. */
        CUT_AFTER,
        /** The statement is done, and the connection ends within the answer. */
        CUT_MIDWAY,
        /** The statement is done, and the answer never comes. */
        STALL,
        /** The statement is not done, and the server says why; a COMMIT is rolled back. */
        FAIL,
        /** The statement is done, and the answer is not one. */
        GARBLE
    }

    /** A COMMIT that is under way while its sender has given up. */
    private record Late(OutputStream server, byte[] commit, String trigger, boolean before) {}

    private volatile @Nullable Late late;

    /**
     * The next COMMIT is cut off from its sender, and arrives at the server when a statement that starts so does: shortly
     * before it, or shortly after.
     */
    void lateCommit(String trigger, boolean before) {
        faults.add(new Planned("COMMIT", Kind.CUT_BEFORE, trigger + (before ? "<" : ">"), true));
    }

    private record Planned(String sql, Kind kind, String sqlState, boolean once) {}

    PostgresProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    String url() {
        return "postgresql://127.0.0.1:" + listener.getLocalPort() + "/postgres";
    }

    /** The next statement that starts so meets this. */
    void next(String sql, Kind kind) {
        faults.add(new Planned(sql, kind, "", true));
    }

    /** The next statement that starts so is answered with an error. */
    void failNext(String sql, String sqlState) {
        faults.add(new Planned(sql, Kind.FAIL, sqlState, true));
    }

    /** Each statement that starts so meets this. */
    void always(String sql, Kind kind, String sqlState) {
        faults.add(new Planned(sql, kind, sqlState, false));
    }

    void relent() {
        faults.clear();
        refusing = false;
    }

    /** Once a statement starts so, what the server says comes byte by byte, with ages in between. */
    void dripFrom(String sql) {
        dripFrom = sql;
    }

    void flow() {
        dripping = false;
    }

    /** Whether every planned fault happened. */
    boolean isSpent() {
        return faults.isEmpty();
    }

    /** Cuts every connection and takes no new one. */
    void cutAll() {
        refusing = true;
        pairs.forEach(Pair::close);
    }

    /** Cuts every connection. */
    void cutOnce() {
        pairs.forEach(Pair::close);
    }

    int roundTrips() {
        return roundTrips.get();
    }

    int connections() {
        return connections.get();
    }

    void reset() {
        roundTrips.set(0);
        statements.clear();
    }

    List<String> statements() {
        return List.copyOf(statements);
    }

    byte[] wire() {
        synchronized (wire) {
            return wire.toByteArray();
        }
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body, "postgres proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                } else {
                    connections.incrementAndGet();
                    Pair pair = new Pair(client, new Socket(InetAddress.getLoopbackAddress(), serverPort));
                    pairs.add(pair);
                    daemon(pair::fromClient);
                }
            } catch (IOException e) {
                // The test is over, or the server is down.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pairs.forEach(Pair::close);
    }

    /** A connection of coffer's, and the one to the server. */
    private final class Pair {
        private final Socket client;
        private final Socket server;
        private final Map<String, String> prepared = new HashMap<>();
        private volatile char status = 'I';
        private final AtomicInteger readyBefore = new AtomicInteger();
        private volatile Kind answer = Kind.FAIL; // none: FAIL never reaches the server
        private volatile byte[] insteadOfAnswer = {};

        Pair(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void close() {
            pairs.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.close();
                } catch (IOException e) {
                    // It is closed.
                }
            }
        }

        void fromClient() {
            try {
                DataInputStream in = new DataInputStream(client.getInputStream());
                OutputStream out = server.getOutputStream();
                byte[] startup = startup(in);
                out.write(startup);
                daemon(this::fromServer);
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                List<String> sql = new ArrayList<>();
                while (true) {
                    byte[] message = message(in);
                    keep(message);
                    batch.write(message);
                    read(message, sql);
                    char type = (char) message[0];
                    if (isBegin(message)) {
                        continue; // the driver sends it along with the next statement; if it waited, all would stop
                        // here
                    }
                    if (type == 'S' || type == 'Q' || type == 'X' || type == 'p') {
                        if (type == 'S' || type == 'Q') {
                            roundTrips.incrementAndGet();
                            statements.addAll(sql);
                        }
                        forward(batch.toByteArray(), sql, out);
                        batch.reset();
                        sql.clear();
                    }
                }
            } catch (IOException e) {
                Late waiting = late;
                try {
                    if (waiting == null || !waiting.server().equals(server.getOutputStream())) {
                        close();
                    }
                } catch (IOException closed) {
                    close();
                }
            }
        }

        private byte[] startup(DataInputStream in) throws IOException {
            while (true) {
                int length = in.readInt();
                byte[] rest = in.readNBytes(length - 4);
                if (ByteBuffer.wrap(rest).getInt() == SSL_REQUEST) {
                    client.getOutputStream().write('N');
                    continue;
                }
                return ByteBuffer.allocate(length).putInt(length).put(rest).array();
            }
        }

        private byte[] message(DataInputStream in) throws IOException {
            int type = in.read();
            if (type < 0) {
                throw new EOFException();
            }
            int length = in.readInt();
            byte[] body = in.readNBytes(length - 4);
            if (body.length != length - 4) {
                throw new EOFException();
            }
            return ByteBuffer.allocate(length + 1)
                    .put((byte) type)
                    .putInt(length)
                    .put(body)
                    .array();
        }

        private static boolean isBegin(byte[] message) {
            return message[0] == 'Q' && new String(message, 5, message.length - 6, UTF_8).equals("BEGIN");
        }

        private void keep(byte[] message) {
            synchronized (wire) {
                wire.writeBytes(message);
            }
        }

        private void read(byte[] message, List<String> sql) {
            String[] texts = new String(message, 5, message.length - 5, UTF_8).split("\0", 3);
            switch (message[0]) {
                case 'P' -> prepared.put(texts[0], texts[1]);
                case 'B' -> sql.add(prepared.getOrDefault(texts[1], ""));
                case 'Q' -> sql.add(texts[0]);
                default -> {}
            }
        }

        private void forward(byte[] batch, List<String> sql, OutputStream out) throws IOException {
            String drop = dripFrom;
            if (drop != null && sql.stream().anyMatch(text -> text.startsWith(drop))) {
                dripping = true;
                dripFrom = null;
            }
            Planned fault = null;
            for (Planned planned : faults) {
                if (fault == null && sql.stream().anyMatch(text -> text.startsWith(planned.sql()))) {
                    fault = planned;
                }
            }
            if (fault == null) {
                deliver(true, sql);
                out.write(batch);
                deliver(false, sql);
                return;
            }
            if (fault.once()) {
                faults.remove(fault);
            }
            switch (fault.kind()) {
                case CUT_BEFORE -> {
                    if (fault.sqlState().isEmpty()) {
                        close();
                    } else { // the server is left waiting
                        String trigger = fault.sqlState();
                        late = new Late(out, batch, trigger.substring(0, trigger.length() - 1), trigger.endsWith("<"));
                        client.close();
                    }
                }
                case FAIL -> {
                    boolean commit = sql.contains("COMMIT");
                    char after = commit ? 'I' : (sql.contains("BEGIN") || status == 'T') ? 'E' : 'I';
                    byte[] error = error(sql.contains("BEGIN"), fault.sqlState(), after);
                    if (commit) {
                        readyBefore.set(0);
                        insteadOfAnswer = error;
                        answer = Kind.STALL;
                        out.write(query("ROLLBACK"));
                    } else {
                        client.getOutputStream().write(error);
                    }
                }
                default -> {
                    readyBefore.set(sql.contains("BEGIN") ? 1 : 0);
                    answer = fault.kind();
                    out.write(batch);
                }
            }
        }

        private void deliver(boolean before, List<String> sql) throws IOException {
            Late waiting = late;
            if (waiting != null
                    && waiting.before() == before
                    && sql.stream().anyMatch(text -> text.startsWith(waiting.trigger()))) {
                late = null;
                pause(before ? 0 : 200); // for the statement to wait for a lock
                waiting.server().write(waiting.commit());
                pause(200);
            }
        }

        private static void pause(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private byte[] query(String sql) {
            byte[] text = sql.getBytes(UTF_8);
            return ByteBuffer.allocate(text.length + 6)
                    .put((byte) 'Q')
                    .putInt(text.length + 5)
                    .put(text)
                    .put((byte) 0)
                    .array();
        }

        private byte[] error(boolean afterBegin, String state, char after) {
            byte[] fields = ("SERROR\0C" + state + "\0Minjected\0\0").getBytes(UTF_8);
            byte[] begun = afterBegin ? "C\0\0\0\nBEGIN\0Z\0\0\0\5T".getBytes(UTF_8) : new byte[0];
            return ByteBuffer.allocate(begun.length + fields.length + 5 + 6)
                    .put(begun)
                    .put((byte) 'E')
                    .putInt(fields.length + 4)
                    .put(fields)
                    .put((byte) 'Z')
                    .putInt(5)
                    .put((byte) after)
                    .array();
        }

        void fromServer() {
            try {
                DataInputStream in = new DataInputStream(server.getInputStream());
                OutputStream out = client.getOutputStream();
                while (true) {
                    byte[] message = message(in);
                    keep(message);
                    boolean ready = message[0] == 'Z';
                    if (ready) {
                        status = (char) message[5];
                    }
                    if (dripping) {
                        drip(message, out);
                    } else if (answer == Kind.FAIL) {
                        out.write(message);
                    } else if (answer == Kind.GARBLE) {
                        out.write(new byte[] {'~', 0, 0, 0, 9, 1, 2, 3, 4, 5});
                    } else if (answer == Kind.CUT_MIDWAY) {
                        out.write(message, 0, Math.min(3, message.length));
                        answer = Kind.CUT_AFTER;
                    }
                    if (ready && answer != Kind.FAIL) {
                        if (readyBefore.get() == 0) {
                            answered(out);
                        } else {
                            readyBefore.decrementAndGet();
                        }
                    }
                }
            } catch (IOException e) {
                close();
            }
        }

        private void drip(byte[] message, OutputStream out) throws IOException {
            for (byte one : message) {
                pause(100);
                out.write(one);
            }
        }

        private void answered(OutputStream out) throws IOException {
            if (insteadOfAnswer.length > 0) {
                out.write(insteadOfAnswer);
                insteadOfAnswer = new byte[0];
                answer = Kind.FAIL;
            } else if (answer != Kind.STALL) {
                close();
            }
        }
    }
}
