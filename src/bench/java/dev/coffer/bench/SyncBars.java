package dev.coffer.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A synchronization of 10,000 secrets with a real Vault, with 256 MiB of heap. */
final class SyncBars {
    private static final int SECRETS = 10_000;
    private static final double HEAP_MIB = 256;

    private final Settings settings;

    SyncBars(Settings settings) {
        this.settings = settings;
    }

    List<Bar> measure() throws Exception {
        if (!settings.wants("sync")) {
            return List.of();
        }
        if (!Files.isExecutable(settings.checkout().resolve("target/vault-server"))) {
            Progress.say("sync: there is no target/vault-server here");
            return List.of();
        }
        Path stores = Files.createDirectories(settings.stores().resolve("sync"));
        Path figures = stores.resolve("figures");
        run(stores, figures);
        Map<String, Double> seconds = Files.readAllLines(figures).stream()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(parts -> parts[0], parts -> Double.parseDouble(parts[1])));
        double peak = Peak.read(stores, "sync") / (double) (1 << 20);
        String of = String.format(Locale.ROOT, "%,d secrets and a real Vault", SECRETS);
        return List.of(
                speed("sync-push", "`sync push`, the first, of " + of, seconds.get("first-push")),
                speed("sync-pull", "`sync pull`, the first, of " + of, seconds.get("first-pull")),
                speed("sync-no-op", "`sync push` with nothing changed, of " + of, seconds.get("no-op")),
                speed("sync-status", "`sync status`, of " + of, seconds.get("status")),
                new Bar(
                        "sync-memory",
                        "the heap of all that, peak",
                        String.format(Locale.ROOT, "%.0f MiB", peak),
                        String.format(Locale.ROOT, "≤ %.0f MiB", HEAP_MIB),
                        peak / HEAP_MIB));
    }

    private static Bar speed(String id, String what, double seconds) {
        return new Bar(
                id, what, String.format(Locale.ROOT, "%.1f s (%,.0f /s)", seconds, SECRETS / seconds), "", Double.NaN);
    }

    private void run(Path stores, Path figures) throws Exception {
        Path jdk = Settings.jdkOfLibrary();
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString(), "-Xmx256m"));
        command.addAll(Settings.jvmOptions(jdk));
        command.addAll(List.of(
                "-Dcoffer.checkout=" + settings.checkout(),
                "-cp",
                System.getProperty("java.class.path"),
                SyncRun.class.getName(),
                stores.toString(),
                String.valueOf(SECRETS),
                figures.toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(new File("/dev/null"))
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the run of a synchronization failed");
        }
    }
}
