package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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

/**
 * Reads in a process that has been running for a while. It reads some secrets again and again, which are drawn at random
 * from the whole store.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
public class GetBenchmark {
    /** One of coffer's. */
    @State(Scope.Thread)
    public static class Store {
        @Param("0")
        public int secrets;

        @Param("1000")
        public int drawn;

        private Coffer coffer;
        private SecretsManager manager;
        private SecretName[] names;
        private int next;

        @Setup
        public void open() {
            coffer = Coffer.open(Stores.options(Stores.home(Path.of(System.getProperty("bench.stores")), secrets)));
            manager = coffer.secrets();
            names = Stores.draw(secrets, drawn).stream().map(SecretName::of).toArray(SecretName[]::new);
        }

        @TearDown
        public void close() {
            manager.close();
            coffer.close();
        }
    }

    /** The floor's. */
    @State(Scope.Thread)
    public static class Floor {
        @Param("0")
        public int secrets;

        @Param("1000")
        public int drawn;

        private PlainStore store;
        private PreparedStatement select;
        private byte[] component;
        private List<String> names;
        private int next;

        @Setup
        public void open() throws Exception {
            store = new PlainStore(Path.of(System.getProperty("bench.stores")).resolve("plain-" + secrets));
            component = store.component();
            select = store.prepare("SELECT v.wrapped_dek, v.payload FROM secret s JOIN secret_version v"
                    + " ON v.secret_id = s.secret_id AND v.version = s.version"
                    + " WHERE s.component_id = ? AND s.name = ? AND s.deleted = 0");
            names = Stores.draw(secrets, drawn);
        }

        @TearDown
        public void close() throws Exception {
            store.close();
        }
    }

    @Benchmark
    public int coffer(Store s) {
        s.next = s.next + 1 == s.drawn ? 0 : s.next + 1;
        try (Secret secret = s.manager.getSecret(s.names[s.next])) {
            return secret.content().size();
        }
    }

    @Benchmark
    public byte[] floor(Floor f) throws Exception {
        f.next = f.next + 1 == f.drawn ? 0 : f.next + 1;
        f.select.setBytes(1, f.component);
        f.select.setString(2, f.names.get(f.next));
        try (ResultSet row = f.select.executeQuery()) {
            row.next();
            return f.store.open(row.getBytes(1), row.getBytes(2));
        }
    }
}
