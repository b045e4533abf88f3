package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.vault.VaultServer;
import dev.coffer.secrets.Progress;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.Outcome.Result;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two laptops and a real Vault on loopback, in a process of its own with a small heap. The first pushes everything, looks
 * again when nothing has changed, and is asked how things stand; the second takes everything over.
 */
public final class SyncRun {
    private SyncRun() {}

    /**
     * Measures, and writes a line {@code NAME SECONDS} for each figure.
     *
     * @param args the folder for stores, how many secrets, the file for the figures
     */
    public static void main(String[] args) throws Exception {
        Path stores = Path.of(args[0]);
        int secrets = Integer.parseInt(args[1]);
        StringBuilder figures = new StringBuilder();
        try (VaultServer server = VaultServer.start()) {
            String mount = server.newMount(2);
            Path first = Stores.create(stores, secrets);
            Path second = stores.resolve("second-laptop");
            Coffer.create(Stores.options(second), Optional.empty());
            Peak.reset();
            try (Coffer coffer = Coffer.open(Stores.options(first))) {
                SyncTarget target = target(coffer, server, mount);
                Sync sync = coffer.sync();
                figures.append(timed("first-push", () -> run(sync, target, secrets, Result.DONE)));
                figures.append(timed("no-op", () -> run(sync, target, secrets, Result.NOTHING)));
                figures.append(timed("status", () -> sync.status(target)));
            }
            try (Coffer coffer = Coffer.open(Stores.options(second))) {
                SyncTarget target = target(coffer, server, mount);
                Sync sync = coffer.sync();
                figures.append(timed("first-pull", () -> run(sync, target, secrets, Result.DONE)));
            }
            Peak.write(stores, "sync");
        }
        Files.writeString(Path.of(args[2]), figures);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static String timed(String name, Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return name + " " + (System.nanoTime() - start) / 1e9 + "\n";
    }

    private static void run(Sync sync, SyncTarget target, int secrets, Result expected) {
        List<Outcome> outcomes = sync.synchronize(target, Direction.BOTH, false, Progress.NONE);
        long as = outcomes.stream()
                .filter(outcome -> outcome.result() == expected)
                .count();
        if (as != secrets) {
            throw new IllegalStateException(as + " of " + secrets + " secrets are " + expected.text());
        }
    }

    private static SyncTarget target(Coffer coffer, VaultServer server, String mount) {
        ComponentDefinition manager = coffer.components()
                .register(
                        ComponentType.SECRETS_MANAGER,
                        "team",
                        "vault",
                        Map.of(
                                "url",
                                server.address().toString(),
                                "mount-point",
                                mount,
                                "token",
                                server.rootToken(),
                                "scope",
                                "namespace",
                                "namespace",
                                "bench"));
        return coffer.sync().add(manager.id(), "", List.of(), Direction.BOTH, false);
    }
}
