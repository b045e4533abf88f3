package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import dev.coffer.vault.Diagnosis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * The archive of loaded classes that the script {@code bin/coffer} starts the JVM from. The script says in a system
 * property what it found, as {@code STATE:PLACE}.
 */
final class StartArchive {
    private static final String PROPERTY = "coffer.archive";

    private StartArchive() {}

    /** What keeps starts slow, and what mends it. */
    static Optional<Diagnosis.Symptom> symptom() {
        String[] found = System.getProperty(PROPERTY, "off:").split(":", 2);
        Path place = Path.of(found[1]);
        return switch (found[0]) {
            case "unsafe" ->
                advice(
                        "others could change the start archive below " + cache(place) + ", so that each start does"
                                + " without",
                        closing(cache(place)));
            case "linked" ->
                advice(
                        "the folder for start archives is a symbolic link, so that each start does without",
                        "export XDG_CACHE_HOME=FOLDER");
            case "homeless" ->
                advice(
                        "there is no folder for the start archive, so that each start does without: neither"
                                + " XDG_CACHE_HOME nor HOME is set",
                        "export HOME=\"$(getent passwd \"$(id -u)\" | cut -d: -f6)\"");
            case "unquotable" ->
                advice(
                        "this JDK takes no start archive for a program whose path has spaces or other special"
                                + " characters",
                        "install coffer in a folder without them, or use Java 25 or later");
            case "none" ->
                Files.exists(Path.of(place + ".lock", "failed"))
                        ? advice(
                                "the start archive could not be made, so that each start does without",
                                "rm -rf " + Doctor.quoted(Path.of(place + ".lock"))
                                        + " && COFFER_ARCHIVE=now coffer --version")
                        : Optional.empty(); // it is being made
            default -> Optional.empty();
        };
    }

    private static Optional<Diagnosis.Symptom> advice(String sentence, String remedy) {
        return Optional.of(new Diagnosis.Symptom(ExitCode.DONE, sentence, Optional.of(remedy)));
    }

    /**
     * Others may be able to write to the folder itself, or already to the one that it is in. What belongs to somebody else,
     * or to all as /tmp does, is left as it is.
     */
    private static String closing(Path cache) {
        Path above = cache.getParent();
        Path open = above != null && isOpen(above) ? above : cache;
        if (!isOurs(open) || isShared(open)) {
            return "export XDG_CACHE_HOME=FOLDER";
        }
        return (open.equals(cache) ? "chmod -R go-w " : "chmod go-w ") + Doctor.quoted(open);
    }

    private static boolean isOurs(Path folder) {
        try {
            return Files.getOwner(folder).getName().equals(System.getProperty("user.name"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Whether it has the sticky bit. */
    private static boolean isShared(Path folder) {
        try {
            return ((int) Files.getAttribute(folder, "unix:mode") & 01000) != 0;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isOpen(Path folder) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
            return permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The folder that holds archives and nothing else. */
    private static Path cache(Path place) {
        Path archives = place.getParent();
        Path coffer = archives == null ? null : archives.getParent();
        return coffer == null ? place : coffer;
    }
}
