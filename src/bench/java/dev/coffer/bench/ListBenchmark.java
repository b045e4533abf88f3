package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

/** The names of all secrets, sorted. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class ListBenchmark {
    @Param("0")
    public int secrets;

    private Coffer coffer;
    private SecretsManager manager;
    private PlainStore plain;
    private byte[] component;
    private PreparedStatement names;
    private PreparedStatement rows;

    @Setup
    public void open() throws Exception {
        Path home = Stores.home(Path.of(System.getProperty("bench.stores")), secrets);
        coffer = Coffer.open(Stores.options(home));
        manager = coffer.secrets();
        plain = new PlainStore(home);
        component = plain.component();
        names = plain.prepare("SELECT name FROM secret WHERE component_id = ? AND deleted = 0 ORDER BY name");
        rows = plain.prepare("SELECT secret_id, component_id, name, version, deleted, schema_type, created, updated,"
                + " sequence, digest, mac, (SELECT max(l.sequence) FROM log l WHERE l.subject = s.secret_id AND l.kind"
                + " IN ('register', 'update', 'delete', 'rollback', 'recover', 'rename', 'purge'))"
                + " FROM secret s WHERE component_id = ? AND deleted = 0 ORDER BY name");
    }

    @TearDown
    public void close() throws Exception {
        plain.close();
        manager.close();
        coffer.close();
    }

    @Benchmark
    public List<SecretName> coffer() {
        return manager.getAllSecretKeys();
    }

    /** The names and nothing that would tell whether somebody edited them. */
    @Benchmark
    public List<String> floor() throws SQLException {
        List<String> all = new ArrayList<>();
        names.setBytes(1, component);
        try (ResultSet row = names.executeQuery()) {
            while (row.next()) {
                all.add(row.getString(1));
            }
        }
        return all;
    }

    /** The rows whose MACs say that the names are genuine, and the log's last word on each. */
    @Benchmark
    public List<Object[]> floorOfRows() throws SQLException {
        List<Object[]> all = new ArrayList<>();
        rows.setBytes(1, component);
        try (ResultSet row = rows.executeQuery()) {
            while (row.next()) {
                all.add(new Object[] {
                    row.getBytes(1),
                    row.getBytes(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getString(6),
                    row.getLong(7),
                    row.getLong(8),
                    row.getLong(9),
                    row.getBytes(10),
                    row.getBytes(11),
                    row.getLong(12)
                });
            }
        }
        return all;
    }
}
