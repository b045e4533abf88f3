package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Coffer;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Backups: one that has its name is complete. */
final class BackupCrash implements CrashKind {
    private static final int SECRETS = 300;

    private Model content = new Model(new TreeMap<>());

    @Override
    public String title() {
        return "backup";
    }

    @Override
    public void prepare(Path home, long seed) {
        content = fill(home, "secret", SECRETS);
    }

    /** Makes a store with some secrets. */
    static Model fill(Path home, String word, int count) {
        try (Coffer coffer = Coffer.open(Homes.made(home))) {
            List<Secret> secrets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                secrets.add(Model.secret(word + "/" + i, Map.of("password", word + " " + "x".repeat(i))));
            }
            ((BulkWrites) coffer.secrets()).registerSecrets(secrets);
            return Model.of(coffer);
        }
    }

    @Override
    public void warmUp(Path home, long seed) {
        fill(home, "secret", 3);
        back(home, home.resolve("warm.backup"));
    }

    static void back(Path home, Path target) {
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            coffer.vault().backup(target, Progress.NONE);
        }
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) {
        for (int i = 0; ; i++) {
            back(home, target(home, run, i));
            out.accept("ACK " + i);
        }
    }

    private static Path target(Path home, int run, int i) {
        return home.resolve("run-" + run + "-" + i + ".backup");
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        Homes.sound(home, coffer -> assertEquals(content, Model.of(coffer)));
        Path next = target(home, run, lines.size());
        if (!Files.exists(next)) {
            back(home, next); // what the killed process left does not stand in the way
        }
        assertEquals(List.of(), Homes.leftovers(home));
        for (int i = 0; i <= lines.size(); i++) {
            Path other = home.resolveSibling(home.getFileName() + "-run-" + run + "-" + i);
            restoreWithKeys(home, other, target(home, run, i));
            Homes.sound(other, coffer -> assertEquals(content, Model.of(coffer)));
        }
    }

    /** Restores into a folder that has nothing but the key files of another one. */
    static void restoreWithKeys(Path from, Path to, Path backup) {
        try {
            Files.createDirectories(to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Homes.copy(from.resolve("keys"), to.resolve("keys"));
        Coffer.restore(Homes.existing(to), backup, false, Progress.NONE);
    }

    /** All files whose name begins like that. */
    static List<Path> files(Path folder, String beginning) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(beginning))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
