package dev.coffer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The library's bars. Both sides of a ratio run in turns, each time in a JVM of its own, on one file system; what counts
 * is the median of their rounds.
 */
final class LibraryBars {
    private static final int ROUNDS = 3;
    private static final int ROUNDS_OF_LONG_ONES = 2;
    private static final int EVERYWHERE = 100_000; // as many as are read in the time, or more
    private static final String HEAP = "-Xmx1g";
    private static final String SMALL_HEAP = "-Xmx256m"; // of the bars that name it

    private final Settings settings;
    private final Path jdk = Settings.jdkOfLibrary();
    private final List<Bar> bars = new ArrayList<>();

    LibraryBars(Settings settings) {
        this.settings = settings;
    }

    List<Bar> measure() throws Exception {
        if (Stream.of("get", "get-many", "list", "list-linear", "register", "rotate", "verify")
                .noneMatch(settings::wants)) {
            return bars;
        }
        createStores();
        if (settings.wants("get") || settings.wants("get-many")) {
            get();
        }
        if (settings.wants("list") || settings.wants("list-linear")) {
            list();
        }
        if (settings.wants("register")) {
            register();
        }
        if (settings.wants("rotate")) {
            rotate();
        }
        if (settings.wants("verify")) {
            verify();
        }
        return bars;
    }

    private void createStores() throws Exception {
        Stores.delete(settings.stores());
        for (int size : sizes()) {
            long start = System.nanoTime();
            Stores.create(settings.stores(), size);
            double seconds = (System.nanoTime() - start) / 1e9;
            Progress.say("store of %,d secrets: %.1f s", size, seconds);
        }
        if (!settings.wants("get") && !settings.wants("get-many")) {
            return;
        }
        for (int size :
                IntStream.of(Settings.FEW, settings.secrets()).distinct().toArray()) {
            Path home = Stores.home(settings.stores(), size);
            try (PlainStore plain = new PlainStore(Stores.copy(home, "plain-" + size))) {
                plain.seal();
            }
        }
    }

    private int[] sizes() {
        IntStream.Builder sizes = IntStream.builder();
        if (settings.wants("get") || settings.wants("get-many")) {
            sizes.add(Settings.FEW).add(settings.secrets());
        }
        if (settings.wants("list") || settings.wants("list-linear")) {
            sizes.add(settings.listedFew()).add(settings.listed());
        }
        if (settings.wants("register")) {
            sizes.add(0).add(settings.registered());
        }
        if (settings.wants("rotate") || settings.wants("verify")) {
            sizes.add(settings.secrets());
        }
        return sizes.build().sorted().distinct().toArray();
    }

    private void get() throws RunnerException {
        double[] floor = new double[ROUNDS];
        double[] floorOfMany = new double[ROUNDS];
        double[] few = new double[ROUNDS];
        double[] many = new double[ROUNDS];
        double[] everywhere = new double[ROUNDS];
        double[] floorOfEverywhere = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            floor[i] = run("GetBenchmark.floor", Settings.FEW, HEAP);
            few[i] = run("GetBenchmark.coffer", Settings.FEW, HEAP);
            floorOfMany[i] = run("GetBenchmark.floor", settings.secrets(), HEAP);
            many[i] = run("GetBenchmark.coffer", settings.secrets(), HEAP);
            floorOfEverywhere[i] = run("GetBenchmark.floor", settings.secrets(), HEAP, EVERYWHERE);
            everywhere[i] = run("GetBenchmark.coffer", settings.secrets(), HEAP, EVERYWHERE);
        }
        ratio(
                "get",
                "`getSecret`, warm, 3 keys, against a point read and two AES-256-GCM opens",
                median(few),
                median(floor),
                "µs",
                1.5);
        ratio(
                "get-many",
                String.format(
                        Locale.ROOT,
                        "the same %,d in a store of %,d against one of %,d",
                        Settings.FEW,
                        settings.secrets(),
                        Settings.FEW),
                median(many),
                median(few),
                "µs",
                1.3);
        report("get-many-floor", "the floor of that against its own", median(floorOfMany), median(floor), "µs");
        report(
                "get-everywhere",
                String.format(
                        Locale.ROOT, "each time another one of %,d, against the floor of that", settings.secrets()),
                median(everywhere),
                median(floorOfEverywhere),
                "µs");
    }

    private void list() throws RunnerException {
        double[] floor = new double[ROUNDS];
        double[] rows = new double[ROUNDS];
        double[] rowsOfFew = new double[ROUNDS];
        double[] few = new double[ROUNDS];
        double[] many = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            floor[i] = run("ListBenchmark.floor", settings.listed(), HEAP);
            rows[i] = run("ListBenchmark.floorOfRows", settings.listed(), HEAP);
            rowsOfFew[i] = run("ListBenchmark.floorOfRows", settings.listedFew(), HEAP);
            many[i] = run("ListBenchmark.coffer", settings.listed(), HEAP);
            few[i] = run("ListBenchmark.coffer", settings.listedFew(), HEAP);
        }
        String names = String.format(Locale.ROOT, "`getAllSecretKeys` of %,d", settings.listed());
        ratio("list", names + " against the plain query of the rows", median(many), median(rows), "ms", 2);
        report("list-names", names + " against a query of the bare names", median(many), median(floor), "ms");
        ratio(
                "list-linear",
                String.format(Locale.ROOT, "the same, each secret, against %,d", settings.listedFew()),
                1000 * median(many) / settings.listed(),
                1000 * median(few) / settings.listedFew(),
                "µs",
                1.3);
        report(
                "list-linear-floor",
                "the plain query of the rows of that against its own",
                1000 * median(rows) / settings.listed(),
                1000 * median(rowsOfFew) / settings.listedFew(),
                "µs");
    }

    private void register() throws RunnerException {
        double[] floor = new double[ROUNDS_OF_LONG_ONES];
        double[] coffer = new double[ROUNDS_OF_LONG_ONES];
        for (int i = 0; i < ROUNDS_OF_LONG_ONES; i++) {
            floor[i] = run("RegisterBenchmark.floor", settings.registered(), HEAP);
            coffer[i] = run("RegisterBenchmark.coffer", settings.registered(), HEAP);
        }
        String what = String.format(
                Locale.ROOT,
                "register %,d in one transaction against plain inserts of the same rows",
                settings.registered());
        ratio("register", what, median(coffer), median(floor), "ms", 3);
    }

    private void rotate() throws Exception {
        double[] floor = new double[ROUNDS_OF_LONG_ONES];
        double[] coffer = new double[ROUNDS_OF_LONG_ONES];
        long peak = 0;
        for (int i = 0; i < ROUNDS_OF_LONG_ONES; i++) {
            Path copy = Stores.copy(Stores.home(settings.stores(), settings.secrets()), "updated");
            floor[i] = run("RotationBenchmark.floor", settings.secrets(), SMALL_HEAP);
            Stores.delete(copy);
            coffer[i] = run("RotationBenchmark.coffer", settings.secrets(), SMALL_HEAP);
            peak = Math.max(peak, Peak.read(settings.stores(), "rotation"));
        }
        String what = String.format(
                Locale.ROOT,
                "`key rotate` of %,d versions against plain updates of the same columns%s",
                settings.secrets(),
                heap(peak));
        ratio("rotate", what, median(coffer) / 1000, median(floor) / 1000, "s", 3);
    }

    private void verify() throws RunnerException, IOException {
        double[] coffer = new double[ROUNDS_OF_LONG_ONES];
        long peak = 0;
        for (int i = 0; i < ROUNDS_OF_LONG_ONES; i++) {
            coffer[i] = run("VerifyBenchmark.coffer", settings.secrets(), SMALL_HEAP);
            peak = Math.max(peak, Peak.read(settings.stores(), "verify"));
        }
        double seconds = median(coffer) / 1000;
        double rate = settings.secrets() / seconds;
        add(new Bar(
                "verify",
                String.format(Locale.ROOT, "`verify` of %,d versions%s", settings.secrets(), heap(peak)),
                String.format(Locale.ROOT, "%,.0f /s (%.1f s)", rate, seconds),
                "≥ 50,000 /s",
                50_000 / rate));
    }

    private static String heap(long peak) {
        return String.format(Locale.ROOT, ", with 256 MiB of heap (peak %d MiB)", peak >> 20);
    }

    private void ratio(String id, String what, double coffer, double floor, String unit, double limit) {
        double times = coffer / floor;
        add(new Bar(id, what, in(coffer, floor, unit), "≤ " + limit + " ×", times / limit));
    }

    private void report(String id, String what, double coffer, double floor, String unit) {
        add(new Bar(id, what, in(coffer, floor, unit), "", Double.NaN));
    }

    private static String in(double coffer, double floor, String unit) {
        return String.format(Locale.ROOT, "%.2f × (%.1f %s / %.1f %s)", coffer / floor, coffer, unit, floor, unit);
    }

    private void add(Bar bar) {
        bars.add(bar);
        Progress.say("%s: %s %s %s", bar.what(), bar.measured(), bar.limit(), bar.verdict());
    }

    static double median(double... rounds) {
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double run(String benchmark, int secrets, String heap) throws RunnerException {
        return run(benchmark, secrets, heap, Settings.FEW);
    }

    /** The score of one fork, in the benchmark's unit. */
    private double run(String benchmark, int secrets, String heap, int drawn) throws RunnerException {
        List<String> jvm = new ArrayList<>(Settings.jvmOptions(jdk));
        jvm.addAll(List.of(heap, "-Dbench.stores=" + settings.stores()));
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("dev\\.coffer\\.bench\\." + benchmark.replace(".", "\\.") + "$")
                .param("secrets", Integer.toString(secrets))
                .param("drawn", Integer.toString(drawn))
                .forks(1)
                .timeout(TimeValue.minutes(10))
                .shouldFailOnError(true)
                .jvm(jdk.resolve("bin/java").toString())
                .jvmArgs(jvm.toArray(String[]::new))
                .output(log());
        double score =
                new Runner(options.build()).runSingle().getPrimaryResult().getScore();
        Progress.say("  %s of %,d: %.2f", benchmark, secrets, score);
        return score;
    }

    /** JMH replaces the file of each run. */
    private String log() {
        try {
            Files.createDirectories(settings.folder().resolve("logs"));
            return Files.createTempFile(settings.folder().resolve("logs"), "jmh-", ".log")
                    .toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
