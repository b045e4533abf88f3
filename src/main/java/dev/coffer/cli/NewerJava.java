package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import dev.coffer.vault.Diagnosis;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether {@code JAVA_HOME} makes coffer run on an older JDK than it would pick by itself; newer ones start it quicker.
 * Looks where the script {@code bin/coffer} looks.
 */
final class NewerJava {
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d{1,4})\\b");
    private static final List<String> FOLDERS = List.of("/usr/lib/jvm", "/usr/java", "/opt");
    private static final List<String> FOLDERS_AT_HOME = List.of(".jdks", ".sdkman/candidates/java");

    private record Jdk(Path home, int feature) {}

    private NewerJava() {}

    /** The advice, if there is any. Whoever set {@code COFFER_JAVA_HOME} has decided. */
    static Optional<Diagnosis.Symptom> symptom(Map<String, String> environment, int running) {
        if (!environment.getOrDefault("COFFER_JAVA_HOME", "").isEmpty()
                || !isRunning(environment.getOrDefault("JAVA_HOME", ""))) {
            return Optional.empty();
        }
        Stream<Path> atHome = Optional.ofNullable(environment.get("HOME")).filter(home -> !home.isEmpty()).stream()
                .flatMap(home -> FOLDERS_AT_HOME.stream().map(folder -> Path.of(home, folder)));
        return Stream.concat(FOLDERS.stream().map(Path::of), atHome)
                .flatMap(NewerJava::jdks)
                .filter(jdk -> jdk.feature() > running)
                .max((one, other) -> Integer.compare(one.feature(), other.feature()))
                .map(newest -> new Diagnosis.Symptom(
                        ExitCode.DONE,
                        "JAVA_HOME makes coffer run on Java " + running + ", and Java " + newest.feature()
                                + " is installed, on which it starts quicker",
                        Optional.of("export COFFER_JAVA_HOME=" + Doctor.quoted(newest.home()))));
    }

    /** An image runs on its own runtime, whatever {@code JAVA_HOME} says. */
    private static boolean isRunning(String javaHome) {
        try {
            return !javaHome.isEmpty() && Files.isSameFile(Path.of(javaHome), Path.of(System.getProperty("java.home")));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    private static Stream<Jdk> jdks(Path folder) {
        Stream.Builder<Jdk> found = Stream.builder();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(folder)) {
                for (Path home : homes) {
                    if (Files.isExecutable(home.resolve("bin/java"))) {
                        feature(home.resolve("release")).ifPresent(feature -> found.add(new Jdk(home, feature)));
                    }
                }
            } catch (IOException e) {
                // A folder that cannot be listed has no JDK that coffer could pick.
            }
        }
        return found.build();
    }

    private static Optional<Integer> feature(Path release) {
        try {
            Matcher version = VERSION.matcher(Files.isRegularFile(release) ? Files.readString(release) : "");
            return version.find() ? Optional.of(Integer.valueOf(version.group(1))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
