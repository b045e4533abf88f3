package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.Coffer;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.storage.FutureSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Migrations to a later schema, one store after the other: each is at the old schema or at the new one. */
final class MigrationCrash implements CrashKind {
    private static final int SECRETS = 500;
    private static final int STORES = 6; // about as many as a child gets to

    @Override
    public String title() {
        return "migration";
    }

    @Override
    public void prepare(Path home, long seed) {
        Path template = template(home);
        BackupCrash.fill(template, "secret", SECRETS);
        copies(home, 0);
    }

    private static Path template(Path home) {
        return home.resolveSibling(home.getFileName() + "-template");
    }

    private static Path store(Path home, int run, int i) {
        return home.resolve("run-" + run + "-" + i);
    }

    private static void copies(Path home, int run) {
        try {
            Files.createDirectories(home);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        for (int i = 0; i < STORES; i++) {
            Homes.copy(template(home), store(home, run, i));
        }
    }

    @Override
    public void warmUp(Path home, long seed) {
        BackupCrash.fill(home, "secret", 3);
        FutureSchema.migrate(home.resolve("coffer.db"));
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) throws InterruptedException {
        for (int i = 0; i < STORES; i++) {
            FutureSchema.migrate(store(home, run, i).resolve("coffer.db"));
            out.accept("ACK " + i);
        }
        Thread.sleep(Long.MAX_VALUE); // the kill comes
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        List<String> content = FutureSchema.content(template(home).resolve("coffer.db"));
        for (int i = 0; i < STORES && i <= lines.size(); i++) { // nobody touched the others
            Path store = store(home, run, i);
            Path file = store.resolve("coffer.db");
            int schema = FutureSchema.schema(file);
            if (i < lines.size()) {
                assertEquals(4, schema, "acknowledged migration " + i);
            }
            assertEquals(content, FutureSchema.content(file));
            if (schema == 3) {
                Homes.sound(store, coffer -> {});
                FutureSchema.migrate(file);
                assertEquals(content, FutureSchema.content(file));
            }
            Path kept = FutureSchema.copyOf(file);
            assertEquals(3, FutureSchema.schema(kept));
            assertEquals(content, FutureSchema.content(kept));
            try (Coffer coffer = Coffer.open(Homes.existing(store))) {
                assertThrows(NewerStoreException.class, () -> coffer.secrets().getAllSecretKeys());
            }
        }
        copies(home, run + 1);
    }
}
