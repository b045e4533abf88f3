package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.secrets.Progress;
import dev.coffer.vault.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
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

/** A whole store, held against its log, every version opened. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@State(Scope.Thread)
public class VerifyBenchmark {
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
        Peak.write(Path.of(System.getProperty("bench.stores")), "verify");
        coffer.close();
    }

    @Benchmark
    public VerifyReport coffer() {
        VerifyReport report = coffer.vault().verify(Progress.NONE);
        if (!report.sound() || report.versions() < secrets) {
            throw new IllegalStateException("not sound, or not all of it: " + report);
        }
        return report;
    }
}
