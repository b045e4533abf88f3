package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.secrets.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A new KEK for every version of a store. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class RotationBenchmark {
    private static final int BATCH = 500; // versions in a transaction, as coffer's

    /** Coffer. */
    @State(Scope.Thread)
    public static class Store {
        @Param("0")
        public int secrets;

        private Coffer coffer;

        @Setup
        public void open() {
            coffer = Coffer.open(Stores.options(Stores.home(Path.of(System.getProperty("bench.stores")), secrets)));
            coffer.vault().storeId();
            Peak.reset();
        }

        @TearDown
        public void close() throws IOException {
            Peak.write(Path.of(System.getProperty("bench.stores")), "rotation");
            coffer.close();
        }
    }

    /** A copy of the store. */
    @State(Scope.Thread)
    public static class Floor {
        @Param("0")
        public int secrets;

        private PlainStore store;
        private long before;
        private long after;

        @Setup
        public void open() throws Exception {
            store = new PlainStore(Path.of(System.getProperty("bench.stores")).resolve("updated"));
            before = ((Number) store.rows("SELECT kek_id FROM secret_version LIMIT 1")
                            .get(0)[0])
                    .longValue();
            after = before ^ 1;
        }

        @TearDown
        public void close() throws Exception {
            store.close();
        }
    }

    @Benchmark
    public long coffer(Store s) {
        long versions = s.coffer.vault().keys().rotate(Progress.NONE).versions();
        if (versions < s.secrets) {
            throw new IllegalStateException(versions + " versions of " + s.secrets);
        }
        return versions;
    }

    private record Version(byte[] secretId, long version) {}

    @Benchmark
    public long floor(Floor f) throws SQLException {
        byte[] wrapped = new byte[66];
        new SecureRandom().nextBytes(wrapped);
        f.store.connection().setAutoCommit(false);
        long done = 0;
        try (PreparedStatement select =
                        f.store.prepare("SELECT secret_id, version FROM secret_version WHERE kek_id = ? LIMIT ?");
                PreparedStatement update = f.store.prepare(
                        "UPDATE secret_version SET kek_id = ?, wrapped_dek = ? WHERE secret_id = ? AND version = ?")) {
            while (true) {
                List<Version> batch = batch(select, f.before);
                for (Version version : batch) {
                    update.setLong(1, f.after);
                    update.setBytes(2, wrapped);
                    update.setBytes(3, version.secretId());
                    update.setLong(4, version.version());
                    update.executeUpdate();
                }
                f.store.connection().commit();
                done += batch.size();
                if (batch.isEmpty()) {
                    break;
                }
            }
        }
        f.store.connection().setAutoCommit(true);
        try (Statement checkpoint = f.store.connection().createStatement()) {
            checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        return done;
    }

    private static List<Version> batch(PreparedStatement select, long kek) throws SQLException {
        select.setLong(1, kek);
        select.setInt(2, BATCH);
        List<Version> batch = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                batch.add(new Version(row.getBytes(1), row.getLong(2)));
            }
        }
        return batch;
    }
}
