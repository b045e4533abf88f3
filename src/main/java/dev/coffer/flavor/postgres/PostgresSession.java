package dev.coffer.flavor.postgres;

import dev.coffer.flavor.http.Pauses;
import dev.coffer.flavor.postgres.TargetView.StaleKeysException;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.StoreFileException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection, opened when it is needed and again when it broke. One operation at a time uses it; the others wait.
 *
 * <p>Reads are repeated a few times when the connection breaks. So is a write whose COMMIT was not sent yet: nothing of it
 * was done. When the answer to COMMIT is lost, the next attempt first asks whether the write is there, by what identifies
 * it; and if the server is still at it, the attempt waits for the rows that the old transaction holds, finds them changed,
 * and asks once more. So it does before it says that somebody else was quicker.
 *
 * <p>Each attempt has its time, the attribute {@code request-timeout}, however slowly a server says something; and an
 * operation that took four times that and four connections' time makes no further attempt.
 */
final class PostgresSession {
    private static final int LOST_ATTEMPTS = 4;
    private static final int ATTEMPTS = 32; // of a write that others overtake; each time one of them has succeeded

    private final PostgresSettings settings;
    private final PostgresConnector connector;
    private final PostgresErrors errors;
    private final Pauses pauses;
    private final ReentrantLock turn = new ReentrantLock();
    private final Deadline deadline;
    private final Duration patience;
    private volatile @Nullable TargetTables tables;
    private volatile boolean closed;
    private long lateAtNanos; // of the operation whose turn it is

    PostgresSession(PostgresSettings settings, Pauses pauses) {
        this.settings = settings;
        this.connector = new PostgresConnector(settings);
        this.errors = new PostgresErrors(settings);
        this.pauses = pauses;
        this.deadline = new Deadline(settings.requestTimeout());
        this.patience =
                settings.connectTimeout().plus(settings.requestTimeout()).multipliedBy(LOST_ATTEMPTS);
    }

    /** Something that reads. */
    interface Reading<T> {
        T run(TargetTables tables) throws SQLException;
    }

    /** One attempt at a write, inside of a transaction. */
    interface Attempt<T> {
        Written<T> run(TargetTables tables) throws SQLException;
    }

    /** Whether a write was done after all. */
    interface Probe {
        boolean isDone(TargetTables tables) throws SQLException;
    }

    /**
     * What an attempt came to, if it is committed.
     *
     * @param result handed to the caller
     * @param probe tells it after the answer was lost; absent if nothing was written
     */
    record Written<T>(T result, Optional<Probe> probe) {
        static <T> Written<T> nothing(T result) {
            return new Written<>(result, Optional.empty());
        }
    }

    /** Somebody else was quicker: everything has to be read and decided anew. */
    static final class OvertakenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OvertakenException() {
            super("overtaken", null, false, false);
        }
    }

    PostgresErrors errors() {
        return errors;
    }

    PostgresSettings settings() {
        return settings;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the secrets manager " + settings.component() + " is closed");
        }
    }

    /** Runs alone; what it calls here belongs to it. */
    <T> T exclusively(Supplier<T> operation) {
        requireOpen();
        turn.lock();
        try {
            requireOpen();
            if (turn.getHoldCount() == 1) {
                lateAtNanos = System.nanoTime() + patience.toNanos();
            }
            return operation.get();
        } finally {
            turn.unlock();
        }
    }

    /** Whether no further attempt is made at the operation whose turn it is. */
    boolean isLate() {
        return System.nanoTime() - lateAtNanos >= 0;
    }

    /** Reads outside of any transaction. */
    <T> T read(String operation, Reading<T> reading) {
        return exclusively(() -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    TargetTables open = open(true);
                    deadline.begin(() -> abort(open.connection()));
                    try {
                        return reading.run(open);
                    } finally {
                        deadline.done();
                    }
                } catch (SQLException e) {
                    boolean lost = closed || PostgresErrors.isLost(e);
                    if (lost) {
                        drop();
                        requireOpen();
                    }
                    if (attempt >= LOST_ATTEMPTS || isLate() || !(lost || PostgresErrors.isUndone(e))) {
                        throw errors.translate(operation, e, needs());
                    }
                    pause(operation, attempt);
                }
            }
        });
    }

    /** Writes in a transaction, once. */
    <T> T write(String operation, Attempt<T> attempt) {
        return exclusively(() -> new Writing<>(operation, attempt).run());
    }

    /** A write and what is known of it. */
    private final class Writing<T> {
        private final String operation;
        private final Attempt<T> attempt;
        private final List<Written<T>> doubtful = new ArrayList<>();
        private int lost;

        Writing(String operation, Attempt<T> attempt) {
            this.operation = operation;
            this.attempt = attempt;
        }

        T run() {
            for (int n = 1; ; n++) {
                Written<T> sent = null;
                boolean ended = false;
                try {
                    TargetTables open = open(false);
                    deadline.begin(() -> abort(open.connection()));
                    Optional<T> before = doneBefore(open);
                    if (before.isPresent()) {
                        return before.get();
                    }
                    Written<T> written = attempted(open);
                    if (written.probe().isPresent()) {
                        sent = written;
                        open.connection().commit();
                        ended = true;
                    }
                    return written.result();
                } catch (OvertakenException e) {
                    if (n >= ATTEMPTS || isLate()) {
                        throw known(errors.failed(operation, "other writers were quicker each time", "try again"));
                    }
                } catch (IllegalStateException | StoreFileException e) { // closed, or no certificates any more
                    if (doubtful.isEmpty()) {
                        throw e;
                    }
                    throw errors.unknown(operation, errors.failed(operation, "the connection ended", null));
                } catch (SQLException e) {
                    ended = closed || PostgresErrors.isLost(e);
                    if (ended) {
                        drop();
                        if (sent != null) {
                            doubtful.add(sent);
                        }
                        afterLoss(e);
                    } else if (n >= ATTEMPTS || isLate() || !PostgresErrors.isUndone(e)) {
                        throw known(errors.translate(operation, e, needs()));
                    }
                } finally {
                    if (!ended) {
                        rollback();
                    }
                    deadline.done();
                }
                rest(n);
            }
        }

        /** A COMMIT that arrived after it was asked for must not be taken for somebody else's write. */
        private Written<T> attempted(TargetTables open) throws SQLException {
            RuntimeException refused = null;
            Written<T> written = null;
            try {
                written = attempt.run(open);
            } catch (CofferException | StaleKeysException e) {
                refused = e;
            }
            if (written != null && (written.probe().isPresent() || doubtful.isEmpty())) {
                return written;
            }
            if (!doubtful.isEmpty()) {
                open.connection().rollback();
                Optional<T> late = doneBefore(open);
                if (late.isPresent()) {
                    return Written.nothing(late.get());
                }
            }
            if (refused instanceof StaleKeysException && !doubtful.isEmpty()) {
                throw errors.unknown(operation, errors.failed(operation, "the keys were rotated meanwhile", null));
            }
            if (refused != null) {
                throw refused;
            }
            return Objects.requireNonNull(written);
        }

        private void rest(int n) {
            try {
                pause(operation, n);
            } catch (RemoteException e) {
                throw known(e);
            }
        }

        private Optional<T> doneBefore(TargetTables open) throws SQLException {
            for (Written<T> sent : doubtful) {
                if (sent.probe().isPresent() && sent.probe().get().isDone(open)) {
                    return Optional.of(sent.result());
                }
            }
            return Optional.empty();
        }

        private void afterLoss(SQLException e) {
            lost++;
            if (closed && doubtful.isEmpty()) {
                requireOpen();
            }
            if (closed || lost >= LOST_ATTEMPTS || isLate()) {
                throw known(errors.translate(operation, e, needs()));
            }
        }

        private RemoteException known(RemoteException e) {
            return doubtful.isEmpty() ? e : errors.unknown(operation, e);
        }
    }

    private String needs() {
        TargetTables open = tables;
        return open == null ? "CONNECT ON DATABASE" : open.needs();
    }

    private TargetTables open(boolean autoCommit) throws SQLException {
        requireOpen();
        TargetTables open = tables;
        if (open == null) {
            open = new TargetTables(connector.connect(), settings.schema());
            tables = open;
            if (closed) {
                drop();
                requireOpen();
            }
        }
        open.connection().setAutoCommit(autoCommit);
        return open;
    }

    private void rollback() {
        TargetTables open = tables;
        try {
            if (open != null && !open.connection().getAutoCommit()) {
                open.connection().rollback();
            }
        } catch (SQLException e) {
            drop();
        }
    }

    private void drop() {
        TargetTables open = tables;
        tables = null;
        if (open != null) {
            abort(open.connection());
        }
    }

    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already.
        }
    }

    private void pause(String operation, int attempt) {
        try {
            pauses.before(attempt, Duration.ZERO);
        } catch (RemoteException e) { // nothing else can go wrong with it
            throw errors.failed(operation, "waiting was interrupted", null);
        }
    }

    /** Closes the connection, also one that is being used: nobody waits for an answer that may never come. */
    void close() {
        closed = true;
        TargetTables open = tables;
        if (open == null) {
            return;
        }
        if (!turn.tryLock()) {
            abort(open.connection());
            return;
        }
        try {
            tables = null;
            open.connection().close();
        } catch (SQLException e) {
            abort(open.connection());
        } finally {
            turn.unlock();
        }
    }
}
