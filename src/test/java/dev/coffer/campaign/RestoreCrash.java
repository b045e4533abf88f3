package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.secrets.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Restores over a store that is there, in turns of an earlier state of it and of another store altogether. Between the
 * restores one secret is written, which the kept copy has to hold.
 */
final class RestoreCrash implements CrashKind {
    private static final List<String> BACKUPS = List.of("mine", "other");

    private final Map<String, Set<String>> names = new TreeMap<>();

    @Override
    public String title() {
        return "restore";
    }

    @Override
    public void prepare(Path home, long seed) {
        names.put("mine", BackupCrash.fill(home, "mine", 200).states().keySet());
        BackupCrash.back(home, home.resolve("mine.backup"));
        Path other = home.resolveSibling(home.getFileName() + "-other");
        names.put("other", BackupCrash.fill(other, "other", 200).states().keySet());
        BackupCrash.back(other, home.resolve("other.backup"));
        try {
            for (Path key : BackupCrash.files(other.resolve("keys"), "")) {
                Files.copy(key, home.resolve("keys").resolve(key.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void warmUp(Path home, long seed) {
        prepare(home, seed);
        restore(home, 0);
        restore(home, 1);
    }

    private static void restore(Path home, int i) {
        Path backup = home.resolve(BACKUPS.get(i % 2) + ".backup");
        Coffer.restore(Homes.existing(home), backup, true, Progress.NONE);
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) {
        for (int i = 0; ; i++) {
            restore(home, i);
            out.accept("RESTORED " + i);
            try (Coffer coffer = Coffer.open(Homes.existing(home))) {
                coffer.secrets().registerSecret(Model.secret(mark(run, i), Map.of("key", "value")));
            }
            out.accept("MARKED " + i);
        }
    }

    private static String mark(int run, int i) {
        return "mark-" + run + "-" + i;
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        int restored = count(lines, "RESTORED");
        int marked = count(lines, "MARKED");
        List<Set<String>> possible = new ArrayList<>();
        if (restored > 0) {
            possible.add(content(run, restored - 1, marked == restored));
            if (marked < restored) {
                possible.add(content(run, restored - 1, true));
            }
        } else {
            possible.add(before);
        }
        if (marked == restored) {
            possible.add(content(run, restored, false)); // in place, and not acknowledged
        }
        Homes.sound(home, coffer -> {
            Set<String> found = Set.copyOf(Model.of(coffer).states().keySet());
            assertTrue(possible.contains(found), () -> "unexpected secrets: " + found);
        });
        checkKept(home, run, restored);
        restore(home, 0);
        Homes.sound(
                home, coffer -> before = Set.copyOf(Model.of(coffer).states().keySet()));
    }

    private Set<String> before = Set.of();

    private static int count(List<String> lines, String word) {
        return (int) lines.stream().filter(line -> line.startsWith(word)).count();
    }

    private Set<String> content(int run, int i, boolean marked) {
        Set<String> content = new HashSet<>(names.getOrDefault(BACKUPS.get(i % 2), Set.of()));
        if (marked) {
            content.add(mark(run, i));
        }
        return content;
    }

    /** Each store that was replaced is kept as it was at the end, and opens. */
    private static void checkKept(Path home, int run, int restored) {
        Set<String> marks = new HashSet<>();
        for (Path kept : BackupCrash.files(home, "coffer.db.replaced-")) {
            Path other = home.resolveSibling(home.getFileName() + "-" + run + "-" + kept.getFileName());
            try {
                Files.createDirectories(other);
                Homes.copy(home.resolve("keys"), other.resolve("keys"));
                Files.copy(kept, other.resolve("coffer.db"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                Files.delete(kept);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            try (Coffer coffer = Coffer.open(Homes.existing(other).withNotices(missingMarker -> {}))) {
                Homes.assertSound(coffer);
                marks.addAll(Model.of(coffer).states().keySet());
            }
        }
        for (int i = 0; i + 1 < restored; i++) {
            assertTrue(marks.contains(mark(run, i)), mark(run, i) + " is in no copy that was kept");
        }
        assertEquals(List.of(), BackupCrash.files(home, "coffer.db.replaced-"));
    }
}
