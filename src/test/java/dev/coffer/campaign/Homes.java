package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.Progress;
import dev.coffer.vault.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Stores that are all under one folder, and what holds for each after a crash. */
final class Homes {
    private static volatile boolean diskMayBeFull;

    private Homes() {}

    /** In a process of its own: what could not be done after a change, for lack of space, is no surprise. */
    static void expectFullDisk(boolean expected) {
        diskMayBeFull = expected;
    }

    /** A store that must exist, unlocked by the key file beside it. Notices fail. */
    static CofferOptions existing(Path home) {
        return CofferOptions.fromEnvironment(Map.of())
                .withHome(home)
                .withCreateIfMissing(false)
                .withNotices(Homes::requireExpected);
    }

    private static void requireExpected(String notice) {
        boolean known = notice.contains(", but the marker was not moved: ") || isOverwrittenLater(notice);
        if (!diskMayBeFull || !known) {
            throw new AssertionError("unexpected notice: " + notice);
        }
    }

    private static boolean isOverwrittenLater(String notice) {
        return notice.startsWith("the change was saved, but the bytes that it removed are not overwritten yet");
    }

    /** A store that must exist, while others read it all the time: a checkpoint may find no gap between them. */
    static CofferOptions busy(Path home) {
        return existing(home).withNotices(notice -> {
            if (!isOverwrittenLater(notice)) {
                requireExpected(notice);
            }
        });
    }

    /** A store that is made if it is missing. */
    static CofferOptions made(Path home) {
        return existing(home).withCreateIfMissing(true).withNotices(sentence -> {
            if (!sentence.startsWith("made a new store")) {
                requireExpected(sentence);
            }
        });
    }

    /** Opens a store that must be there and work, does something with it and holds it against the rules. */
    static void sound(Path home, Consumer<Coffer> work) {
        sound(existing(home), work);
    }

    static void sound(CofferOptions options, Consumer<Coffer> work) {
        try (Coffer coffer = Coffer.open(options)) {
            assertSound(coffer);
            work.accept(coffer);
            assertSound(coffer);
        }
    }

    static void assertSound(Coffer coffer) {
        assertEquals(
                List.of(),
                coffer.vault().verify(Progress.NONE).findings().stream()
                        .map(Finding::sentence)
                        .toList());
    }

    /** A folder with everything in it. */
    static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What lies about in a folder although nobody is at work: files whose names say that they are temporary. */
    static List<Path> leftovers(Path folder) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.contains(".tmp") || name.startsWith(".new-");
                    })
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** The bytes in a file. */
    static long count(Path folder, String file) {
        try {
            return Files.size(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a folder with everything in it. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
