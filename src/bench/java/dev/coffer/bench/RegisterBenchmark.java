package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Many secrets in one transaction, into a store without secrets. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 2)
public class RegisterBenchmark {
    private static final String COLUMNS_OF_LOG = "sequence, kind, subject, version, digest, at, mac";
    private static final String COLUMNS_OF_SECRET =
            "secret_id, component_id, name, version, deleted, schema_type, created, updated, sequence, digest, mac";
    private static final String COLUMNS_OF_VERSION =
            "secret_id, version, schema_type, created, deleted, sequence, kek_id, wrapped_dek, payload";

    /** Coffer, with the secrets. */
    @State(Scope.Thread)
    public static class Store {
        @Param("0")
        public int secrets;

        private List<Secret> all;
        private Coffer coffer;
        private SecretsManager manager;

        @Setup
        public void make() {
            all = Stores.secrets(0, secrets);
        }

        @Setup(Level.Iteration)
        public void open() throws Exception {
            Path empty = Stores.home(Path.of(System.getProperty("bench.stores")), 0);
            coffer = Coffer.open(Stores.options(Stores.copy(empty, "registered")));
            manager = coffer.secrets();
            manager.getAllSecretKeys();
        }

        @TearDown(Level.Iteration)
        public void close() {
            manager.close();
            coffer.close();
        }
    }

    /** The rows that coffer wrote of the same secrets. */
    @State(Scope.Thread)
    public static class Floor {
        @Param("0")
        public int secrets;

        private List<Object[]> log;
        private List<Object[]> heads;
        private List<Object[]> versions;
        private PlainStore store;

        @Setup
        public void read() throws Exception {
            Path stores = Path.of(System.getProperty("bench.stores"));
            try (PlainStore filled = new PlainStore(Stores.home(stores, secrets))) {
                log = filled.rows("SELECT " + COLUMNS_OF_LOG + " FROM log WHERE kind = 'register' ORDER BY sequence");
                heads = filled.rows("SELECT " + COLUMNS_OF_SECRET + " FROM secret ORDER BY sequence");
                versions = filled.rows("SELECT " + COLUMNS_OF_VERSION + " FROM secret_version ORDER BY sequence");
            }
        }

        @Setup(Level.Iteration)
        public void open() throws Exception {
            Path empty = Stores.home(Path.of(System.getProperty("bench.stores")), 0);
            store = new PlainStore(Stores.copy(empty, "inserted"));
        }

        @TearDown(Level.Iteration)
        public void close() throws Exception {
            store.close();
        }
    }

    @Benchmark
    public List<WriteReceipt> coffer(Store s) {
        return ((BulkWrites) s.manager).registerSecrets(s.all);
    }

    @Benchmark
    public int floor(Floor f) throws SQLException {
        f.store.connection().setAutoCommit(false);
        try (PreparedStatement log = insert(f.store, "log", COLUMNS_OF_LOG);
                PreparedStatement version = insert(f.store, "secret_version", COLUMNS_OF_VERSION);
                PreparedStatement head = insert(f.store, "secret", COLUMNS_OF_SECRET)) {
            for (int i = 0; i < f.heads.size(); i++) {
                put(log, f.log.get(i));
                put(version, f.versions.get(i));
                put(head, f.heads.get(i));
            }
        }
        f.store.connection().commit();
        return f.heads.size();
    }

    private static PreparedStatement insert(PlainStore store, String table, String columns) throws SQLException {
        return store.prepare(
                "INSERT INTO " + table + " (" + columns + ") VALUES (" + columns.replaceAll("\\w+", "?") + ")");
    }

    private static void put(PreparedStatement insert, Object[] row) throws SQLException {
        for (int i = 0; i < row.length; i++) {
            insert.setObject(i + 1, row[i]);
        }
        insert.executeUpdate();
    }
}
