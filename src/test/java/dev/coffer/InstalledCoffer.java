package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An archive unpacked on a path with spaces, and a user with a home who may read it and not write to it: nobody for root,
 * else this user, to whom its folders are closed.
 */
final class InstalledCoffer {
    private static final String NOBODY = "65534";

    private final Path place;
    private final Path home;
    private final boolean root;

    /** What a command answered. */
    record Answer(int code, String out, String err) {}

    private InstalledCoffer(Path place, Path home, boolean root) {
        this.place = place;
        this.home = home;
        this.root = root;
    }

    /**
     * Unpacks an archive.
     *
     * @param archive a tar.gz with one folder
     * @param folder an empty folder, which is opened to everybody's eyes
     */
    static InstalledCoffer unpack(Path archive, Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path parent = Files.createDirectory(folder.resolve("all users' programs"));
        Path home = Files.createDirectory(folder.resolve("a home"));
        must("tar", "-xzf", archive.toString(), "-C", parent.toString(), "--no-same-owner");
        must("chmod", "-R", "u=rwX,go=rX", parent.toString());
        boolean root = "0\n".equals(must("id", "-u"));
        if (root) {
            must("chown", NOBODY + ":" + NOBODY, home.toString());
        } else {
            must("chmod", "-R", "a-w", parent.toString());
        }
        try (var entries = Files.list(parent)) {
            return new InstalledCoffer(entries.findFirst().orElseThrow(), home, root);
        }
    }

    /** The folder that the archive holds. */
    Path place() {
        return place;
    }

    /** The folder that is the user's own. */
    Path home() {
        return home;
    }

    /** Runs a command as the user, in the user's home, with nothing else in its environment than what is given. */
    Answer run(Map<String, String> environment, String... command) throws Exception {
        List<String> words = new ArrayList<>();
        if (root) {
            words.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        words.addAll(List.of("env", "-i", "HOME=" + home, "PATH=/usr/bin:/bin"));
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(Arrays.asList(command));
        Path err = Files.createTempFile("err", null);
        try {
            Process process = new ProcessBuilder(words)
                    .directory(root ? Path.of("/").toFile() : home.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectError(err.toFile())
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return new Answer(code, out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    /** Lets the folders of the archive be deleted again. */
    void reopen() throws Exception {
        must("chmod", "-R", "u+w", place.toString());
    }

    private static String must(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out;
    }
}
