package dev.coffer.campaign;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Works on a file system of its own that it may fill up or make read-only. Its arguments: what to do, and where. */
final class FileTroubleChild {
    private static final long SEED = 7;
    private static final int KIB = 1 << 10;
    private static final int[] FREE_KIB = Campaign.isLong()
            ? new int[] {0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512, 1024, 2048}
            : new int[] {0, 4, 8, 16, 32, 48, 64, 128, 256, 512};

    private FileTroubleChild() {}

    /** Says {@code DONE} after everything was as it should be. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "full" -> fullDisk(folder);
            case "read-only" -> readOnly(folder);
            case "folders" -> unwritableFolders(folder);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        CrashChild.say("DONE");
    }

    private static void fullDisk(Path folder) throws Exception {
        Map<CrashKind, Integer> kinds = new java.util.LinkedHashMap<>();
        kinds.put(new ContentCrash.Register(), 60);
        kinds.put(new ContentCrash.Update(), 60);
        kinds.put(new ContentCrash.Rename(), 20);
        kinds.put(new ContentCrash.Delete(), 20);
        kinds.put(new KeyCrash.Rotate(), 2);
        kinds.put(new KeyCrash.RotateDeks(), 2);
        kinds.put(new KeyCrash.Slots(), 8);
        kinds.put(new BackupCrash(), 1);
        kinds.put(new RestoreCrash(), 2);
        for (Map.Entry<CrashKind, Integer> kind : kinds.entrySet()) {
            Path place = Files.createDirectory(folder.resolve(kind.getKey().title() + "-place"));
            fillUp(folder, kind.getKey(), place.resolve("home"), kind.getValue());
            Homes.delete(place);
        }
    }

    private static void fillUp(Path folder, CrashKind kind, Path home, int steps) throws Exception {
        kind.prepare(home, SEED);
        Map<String, Integer> outcomes = new TreeMap<>();
        int run = 0;
        for (int free : FREE_KIB) {
            for (boolean whileOpen : new boolean[] {false, true}) {
                List<String> lines = new ArrayList<>();
                Homes.expectFullDisk(true);
                if (!whileOpen) {
                    fill(folder, free);
                }
                try {
                    kind.work(home, run, SEED, line -> {
                        lines.add(line);
                        if (whileOpen && lines.size() == 1) {
                            fill(folder, free);
                        } else if (lines.size() >= steps) {
                            throw new EnoughException();
                        }
                    });
                } catch (EnoughException e) {
                    outcomes.merge("enough space", 1, Integer::sum);
                } catch (StoreFileException e) {
                    requireHelpful(e);
                    outcomes.merge(e.getMessage().replaceAll("/\\S+", "…"), 1, Integer::sum);
                    readOnFullDisk(home);
                    if (kind instanceof ContentCrash content && e.getMessage().contains("nothing was changed")) {
                        empty(folder);
                        content.requireUnchanged(home, run, SEED, lines);
                    }
                }
                empty(folder);
                Homes.expectFullDisk(false);
                kind.check(home, run, SEED, lines);
                run++;
                dropSiblings(home);
            }
        }
        outcomes.forEach(
                (outcome, count) -> CrashChild.say("full disk: " + kind.title() + ": " + count + " x " + outcome));
        if (outcomes.keySet().equals(Set.of("enough space"))) {
            throw new AssertionError("the disk was never full during " + kind.title());
        }
    }

    /** Ends the work from within, where its progress is told. */
    private static final class EnoughException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static void requireHelpful(StoreFileException e) {
        if (e.exitCode() != ExitCode.FILE_TROUBLE
                || e.hint().isEmpty()
                || e.getMessage().contains("null")) {
            throw new AssertionError("no help", e);
        }
    }

    private static void readOnFullDisk(Path home) {
        try (Coffer coffer = Coffer.open(Homes.existing(home).withNotices(sentence -> {}))) {
            coffer.secrets().getAllSecretKeys();
        } catch (dev.coffer.secrets.WrongKeyException e) {
            // A store whose own key was revoked or that was replaced: it was read.
        } catch (StoreFileException e) {
            requireHelpful(e);
        }
    }

    /** Fills the file system but for some KiB. */
    private static void fill(Path folder, int freeKib) {
        try (RandomAccessFile file = new RandomAccessFile(filler(folder).toFile(), "rw")) {
            for (int chunk = 1 << 20; chunk >= 1 << 9; chunk /= 2) {
                try {
                    while (true) {
                        file.write(new byte[chunk]);
                    }
                } catch (IOException full) {
                    // A smaller piece may still fit.
                }
            }
            file.setLength(Math.max(0, file.length() - (long) freeKib * KIB));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void empty(Path folder) throws IOException {
        Files.deleteIfExists(filler(folder));
    }

    private static Path filler(Path folder) {
        return folder.resolve("filler");
    }

    private static void dropSiblings(Path home) throws IOException {
        try (Stream<Path> siblings = Files.list(home.resolveSibling("."))) {
            for (Path sibling : siblings.toList()) {
                if (sibling.getFileName().toString().startsWith(home.getFileName() + "-")) {
                    Homes.delete(sibling);
                }
            }
        }
        for (Path backup : BackupCrash.files(home, "run-")) {
            Files.delete(backup);
        }
    }

    private static void readOnly(Path folder) throws Exception {
        Path clean = folder.resolve("clean");
        Path copied = folder.resolve("copied");
        Model content = BackupCrash.fill(clean, "secret", 20);
        try (Coffer coffer = Coffer.open(Homes.existing(clean))) {
            coffer.secrets().registerSecret(Model.secret("last", Map.of("key", "value")));
            Homes.copy(clean, copied); // with a write-ahead log that nobody has put in order
        }
        mount("remount,ro", folder);
        for (Path home : List.of(clean, copied)) {
            List<String> notices = new ArrayList<>();
            CofferOptions options = Homes.existing(home).withNotices(notices::add);
            try (Coffer coffer = Coffer.open(options)) {
                int found = coffer.secrets().getAllSecretKeys().size();
                require(found == content.states().size() + 1, "found " + found);
                CrashChild.say("read-only: " + home.getFileName() + ": reading works " + notices);
            } catch (StoreFileException e) {
                requireHelpful(e);
                CrashChild.say("read-only: " + home.getFileName() + ": reading fails: " + e.getMessage());
            }
            requireRefused(options, home);
        }
        requireCreationRefused(folder.resolve("new"));
        mount("remount,rw", folder);
        for (Path home : List.of(clean, copied)) {
            Homes.sound(home, coffer -> {
                require(Model.of(coffer).states().size() == content.states().size() + 1, "all is there");
                coffer.secrets().registerSecret(Model.secret("after", Map.of("key", "value")));
            });
        }
    }

    private static void requireRefused(CofferOptions options, Path home) {
        try (Coffer coffer = Coffer.open(options)) {
            coffer.secrets().registerSecret(Model.secret("refused", Map.of("key", "value")));
            throw new AssertionError("written to " + home);
        } catch (StoreFileException e) {
            requireHelpful(e);
            CrashChild.say(home.getFileName() + ": writing fails: " + e.getMessage());
        }
    }

    private static void requireCreationRefused(Path home) {
        try (Coffer coffer = Coffer.open(Homes.made(home))) {
            coffer.secrets().getAllSecretKeys();
            throw new AssertionError("a store was made");
        } catch (StoreFileException e) {
            requireHelpful(e);
        }
    }

    private static void mount(String how, Path folder) throws Exception {
        Process mount = new ProcessBuilder("mount", "-o", how, folder.toString())
                .inheritIO()
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        require(mount.waitFor() == 0, "mount -o " + how);
    }

    private static void unwritableFolders(Path folder) throws Exception {
        Path home = folder.resolve("home");
        Model content = BackupCrash.fill(home, "secret", 3);
        allow(home, "r-x------");
        CofferOptions options = Homes.existing(home).withNotices(notice -> {});
        requireRefused(options, home);
        try (Coffer coffer = Coffer.open(options)) {
            require(Model.of(coffer).equals(content), "the content");
        } catch (StoreFileException e) {
            requireHelpful(e);
        }
        requireCreationRefused(home.resolve("inside"));
        allow(home, "rwx------");
        Homes.sound(home, coffer -> require(Model.of(coffer).equals(content), "the content"));

        // The marker alone is out of reach.
        Path state = folder.resolve("state");
        var apart = new dev.coffer.vault.StoreLocation(
                folder.resolve("data").resolve("coffer.db"),
                folder.resolve("data").resolve("keys"),
                state.resolve("last-seen"),
                folder.resolve("data").resolve("config.json"));
        CofferOptions elsewhere = Homes.made(folder).withLocation(apart);
        try (Coffer coffer = Coffer.open(elsewhere)) {
            coffer.secrets().registerSecret(Model.secret("first", Map.of("key", "value")));
        }
        allow(state, "r-x------");
        requireRefused(elsewhere, state);
        Homes.sound(
                elsewhere,
                coffer -> require(
                        Model.of(coffer).states().keySet().equals(Set.of("first")), "what is unmarked is not written"));
        Files.delete(Files.createFile(folder.resolve("probe")));
        allow(state, "rwx------");
        Homes.sound(
                elsewhere, coffer -> coffer.secrets().registerSecret(Model.secret("second", Map.of("key", "value"))));
    }

    private static void allow(Path folder, String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString(permissions));
        require(Files.isWritable(folder) == permissions.contains("w"), "this process obeys permissions");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
