package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.secrets.OlderCopyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** An older copy is put back and accepted, again and again. Only while it is not accepted, the store may be refused. */
final class AcceptOlderCrash implements CrashKind {
    @Override
    public String title() {
        return "accept-older";
    }

    @Override
    public void prepare(Path home, long seed) {
        BackupCrash.fill(home, "secret", 20);
        keepOlder(home);
    }

    private static void keepOlder(Path home) {
        try {
            Files.copy(home.resolve("coffer.db"), home.resolve("older.db"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void warmUp(Path home, long seed) {
        prepare(home, seed);
        for (int i = 0; i < 3; i++) {
            write(home, "warm-" + i);
            putOlderBack(home);
            accept(home);
        }
    }

    private static void write(Path home, String name) {
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            coffer.secrets().registerSecret(Model.secret(name, Map.of("key", "value")));
        }
    }

    /** In one step, as nothing else of the store is open. */
    private static void putOlderBack(Path home) {
        Path copy = home.resolve("copy.db");
        try {
            Files.copy(
                    home.resolve("older.db"),
                    copy,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
            Files.deleteIfExists(home.resolve("coffer.db-wal"));
            Files.deleteIfExists(home.resolve("coffer.db-shm"));
            Files.move(copy, home.resolve("coffer.db"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void accept(Path home) {
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            coffer.vault().acceptOlder();
        }
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) {
        for (int i = 0; ; i++) {
            write(home, "run-" + run + "-" + i);
            out.accept("WRITTEN " + i);
            putOlderBack(home);
            out.accept("OLDER " + i);
            accept(home);
            out.accept("ACCEPTED " + i);
        }
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1).replaceAll(" .*", "");
        boolean mayBeOlder = last.equals("WRITTEN") || last.equals("OLDER");
        boolean accepting = false;
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            coffer.secrets().getAllSecretKeys();
        } catch (OlderCopyException e) {
            accepting = true;
        }
        assertTrue(mayBeOlder || !accepting, "an accepted store is refused as an older copy");
        if (accepting) {
            accept(home);
        }
        Set<String> names = new TreeSet<>();
        Homes.sound(home, coffer -> names.addAll(Model.of(coffer).states().keySet()));
        names.removeIf(name -> name.startsWith("secret/"));
        String written = "run-" + run + "-" + lines.size() / 3;
        boolean expected = last.equals("WRITTEN")
                ? names.isEmpty() || names.equals(Set.of(written))
                : last.equals("OLDER") ? names.isEmpty() : names.isEmpty() || names.equals(Set.of(written));
        assertTrue(expected, "unexpected secrets after " + last + ": " + names);
        putOlderBack(home);
        accept(home);
        Homes.sound(home, coffer -> assertEquals(20, Model.of(coffer).states().size()));
    }
}
