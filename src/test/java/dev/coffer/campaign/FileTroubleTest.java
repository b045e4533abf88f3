package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.Coffer;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.Versioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * File systems that are full, read-only or closed to writers. These need a file system of their own, which a process
 * gets as root, or where unprivileged user namespaces are allowed. Where neither is so, the tests say it; with
 * {@code CI=true} in the environment they fail.
 */
class FileTroubleTest {
    @TempDir
    Path folder;

    @Test
    @Tag("campaign")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void fullDisk_isFileTroubleAndLosesNothing() throws Exception {
        run(ownFileSystem(), "full");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void readOnlyFileSystem_isFileTroubleAndLosesNothing() throws Exception {
        run(ownFileSystem(), "read-only");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void unwritableFolders_areFileTroubleAndLoseNothing() throws Exception {
        run(obeyingPermissions(), "folders");
    }

    private void run(List<String> before, String what) throws Exception {
        Path place = Files.createDirectories(folder.resolve("place"));
        List<String> command = before.stream()
                .map(word -> word.equals("PLACE") ? place.toString() : word)
                .toList();
        try (Children children = new Children(folder)) {
            Children.Child child = children.start(command, FileTroubleChild.class, what, place.toString());
            List<String> lines = child.rest();
            lines.forEach(line -> Campaign.say("file trouble: " + line));
            assertEquals(0, child.exitCode(), child::errors);
            assertEquals("DONE", lines.get(lines.size() - 1));
        }
    }

    /** A command that runs another one on a small file system at PLACE, which nobody else sees. */
    private List<String> ownFileSystem() throws Exception {
        String script = "mount -t tmpfs -o size=96m,mode=700 coffer-test \"$0\" && exec \"$@\"";
        List<List<String>> ways = List.of(
                List.of("unshare", "-m", "sh", "-c", script, "PLACE"),
                List.of("unshare", "-rm", "sh", "-c", script, "PLACE"));
        return firstThatWorks(
                ways,
                "a file system of its own: be root, or allow user namespaces"
                        + " (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)");
    }

    /** A command that runs another one without root's privilege to write everywhere. */
    private List<String> obeyingPermissions() throws Exception {
        return firstThatWorks(
                List.of(List.of(), List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search")),
                "a process that permissions hold for: be another user than root, or have setpriv (util-linux)");
    }

    private List<String> firstThatWorks(List<List<String>> ways, String need) throws Exception {
        Path closed = Files.createDirectories(folder.resolve("closed"));
        for (List<String> way : ways) {
            List<String> command = new ArrayList<>();
            way.forEach(word -> command.add(word.equals("PLACE") ? closed.toString() : word));
            // A way without a file system of its own has to obey permissions.
            command.addAll(
                    way.contains("PLACE")
                            ? List.of("true")
                            : List.of("sh", "-c", "chmod 500 \"$0\" && ! touch \"$0/$$\"", closed.toString()));
            if (works(command)) {
                return way;
            }
        }
        String sentence = "this test needs " + need;
        assertTrue(!"true".equals(System.getenv("CI")), sentence);
        assumeTrue(false, sentence);
        throw new IllegalStateException(sentence);
    }

    private static boolean works(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    @Test
    void clockSetBack_changesNothingButTheTimesShown() {
        Path home = folder.resolve("home");
        SecretName name = SecretName.of("name");
        for (int day = 9; day >= 1; day--) {
            Clock clock = Clock.fixed(Instant.parse("2026-01-0" + day + "T00:00:00Z"), ZoneOffset.UTC);
            try (Coffer coffer = Coffer.open(Homes.made(home).withClock(clock))) {
                if (day % 3 == 0) {
                    coffer.secrets().registerSecret(Model.secret("name", Map.of("day", "" + day)));
                } else if (day % 3 == 2) {
                    coffer.secrets().updateSecret(Model.secret("name", Map.of("day", "" + day)));
                } else {
                    coffer.secrets().deleteSecret(name);
                    coffer.vault().keys().rotate(dev.coffer.secrets.Progress.NONE);
                }
                Homes.assertSound(coffer);
            }
        }
        Homes.sound(home, coffer -> {
            List<Long> versions = ((Versioned) coffer.secrets())
                    .history(name).stream().map(SecretVersion::version).toList();
            assertEquals(List.of(9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L), versions);
            assertEquals(List.of(), coffer.secrets().getAllSecretKeys());
            assertEquals(10, ((Versioned) coffer.secrets()).rollback(name, 8).version());
        });
    }

    @Test
    void markerThatIsAFolder_isFileTroubleAndLosesNothing() throws Exception {
        Path home = folder.resolve("home");
        Model content = BackupCrash.fill(home, "secret", 3);
        Path marker = home.resolve("last-seen");
        Files.delete(marker);
        Files.createDirectory(marker);
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            StoreFileException e = assertThrows(
                    StoreFileException.class, () -> coffer.secrets().getAllSecretKeys());
            assertTrue(e.getMessage().contains(marker.toString()), e.getMessage());
        }
        Files.delete(marker);
        List<String> notices = new ArrayList<>();
        try (Coffer coffer = Coffer.open(Homes.existing(home).withNotices(notices::add))) {
            assertEquals(content, Model.of(coffer));
        }
        assertEquals(1, notices.size());
        Homes.sound(home, coffer -> assertEquals(content, Model.of(coffer)));
    }

    @Test
    void markerThatBecomesAFolderWhileTheStoreIsOpen_keepsChangesOut() throws Exception {
        Path home = folder.resolve("home");
        Model content = BackupCrash.fill(home, "secret", 3);
        Path marker = home.resolve("last-seen");
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            coffer.secrets().getAllSecretKeys();
            Files.move(marker, home.resolve("aside"));
            Files.createDirectory(marker);
            assertThrows(
                    StoreFileException.class,
                    () -> coffer.secrets().registerSecret(Model.secret("refused", Map.of("key", "value"))));
            Files.delete(marker);
            Files.move(home.resolve("aside"), marker);
            assertEquals(content, Model.of(coffer));
        }
        Homes.sound(home, coffer -> assertEquals(content, Model.of(coffer)));
    }
}
