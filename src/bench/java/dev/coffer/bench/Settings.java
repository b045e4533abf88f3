package dev.coffer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is measured, and on what.
 *
 * @param checkout with a built {@code target/coffer.jar}
 * @param folder where everything is made
 * @param secrets in the largest store; the smaller sizes follow from it
 * @param rounds of whole processes
 * @param publish whether README and plot get the result
 * @param only the part of a bar's name to measure no others; empty for all
 */
record Settings(Path checkout, Path folder, int secrets, int rounds, boolean publish, String only) {
    /** Secrets in the store that all reads are held against. */
    static final int FEW = 1_000;

    static Settings ofProperties() {
        Path checkout = Path.of(System.getProperty("bench.checkout", "")).toAbsolutePath();
        return new Settings(
                checkout,
                checkout.resolve("target/bench"),
                Integer.getInteger("bench.secrets", 1_000_000),
                Integer.getInteger("bench.rounds", 25),
                Boolean.getBoolean("bench.publish"),
                System.getProperty("bench.only", ""));
    }

    Path stores() {
        return folder.resolve("stores");
    }

    int listed() {
        return secrets / 10;
    }

    int listedFew() {
        return secrets / 100;
    }

    int registered() {
        return secrets / 20;
    }

    boolean wants(String bar) {
        return bar.contains(only);
    }

    /** The JDK that the library's bars are measured on: 25 if it is here, else the one that runs this. */
    static Path jdkOfLibrary() {
        return jdk(25).orElse(Path.of(System.getProperty("java.home")));
    }

    /** The newest JDK of that major version below the usual folder, or the running one. */
    static Optional<Path> jdk(int major) {
        if (Runtime.version().feature() == major) {
            return Optional.of(Path.of(System.getProperty("java.home")));
        }
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.filter(home -> release(home).startsWith(major + "."))
                    .max(Comparator.comparing(Settings::release));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The version in the file {@code release} of a JDK, as {@code 25.0.1}; empty if there is none. */
    static String release(Path home) {
        try {
            return Files.readAllLines(home.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.substring("JAVA_VERSION=".length()).replace("\"", ""))
                    .map(version -> version.contains(".") ? version : version + ".0")
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** The options that each JVM with coffer's libraries wants. */
    static List<String> jvmOptions(Path jdk) {
        return release(jdk).compareTo("24") < 0
                ? List.of("--enable-native-access=ALL-UNNAMED")
                : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }
}
