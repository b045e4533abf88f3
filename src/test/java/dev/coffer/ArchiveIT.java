package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive that {@code bin/coffer} makes for itself, with an installation of its own: on a path with spaces, which
 * JDKs before 25 take no archive for.
 */
class ArchiveIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));
    private static final String JDK = System.getProperty("java.home");
    private static final long MAKING_SECONDS = 180;

    @TempDir
    static Path shared;

    /** What the first start made. Each test works on a copy. */
    private static Path made;

    private static Path place;

    @TempDir
    Path folder;

    private Path caches;

    /** What a command answered. */
    private record Answer(int code, String out, String err) {}

    private static final Answer SECRET = new Answer(0, "lovelace", "");

    @BeforeAll
    static void install() throws Exception {
        place = shared.resolve(Runtime.version().feature() < 25 ? "place" : "a place");
        copy(CHECKOUT.resolve("bin/coffer"), place.resolve("bin/coffer"));
        copy(CHECKOUT.resolve("target/coffer.jar"), place.resolve("lib/coffer.jar"));
        if (Files.exists(CHECKOUT.resolve("target/coffer.id"))) {
            copy(CHECKOUT.resolve("target/coffer.id"), place.resolve("lib/coffer.id"));
        }
        try (Stream<Path> jars = Files.list(CHECKOUT.resolve("target/lib"))) {
            for (Path jar :
                    jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                copy(jar, place.resolve("lib/lib").resolve(jar.getFileName()));
            }
        }
        made = shared.resolve("made once");
        Map<String, String> environment = environment(made);
        environment.put("COFFER_ARCHIVE", "off");
        assertEquals(
                0,
                run(environment, "secret", "register", "demo", "--password=lovelace")
                        .code());
        environment.remove("COFFER_ARCHIVE");
        List<Path> before = files(shared.resolve("home"));

        assertEquals(SECRET, run(environment, "secret", "get", "demo", "--key", "password"));
        awaitArchive(made);

        assertEquals(before, files(shared.resolve("home")), "the store is not touched by the making");
    }

    @BeforeEach
    void copyWhatWasMade() throws IOException {
        caches = folder.resolve("caches");
        for (Path file : files(made)) {
            copy(file, caches.resolve(made.relativize(file).toString()));
        }
        for (Path at : List.of(caches, caches.resolve("coffer"), archives(), slot())) {
            Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void secondStart_usesIt() throws Exception {
        assertTrue(usesArchive(caches));
        assertFalse(usesArchive(folder.resolve("other caches"), "COFFER_ARCHIVE", "off"));
        assertFalse(Files.exists(folder.resolve("other caches")));
    }

    /** Each of these costs a start tens of milliseconds, and a read needs none of them. */
    @Test
    void get_loadsNeitherMigrationsNorDatabindNorRemoteFlavors() throws Exception {
        Set<String> unwanted = Set.of(
                "org.flywaydb.",
                "com.fasterxml.jackson.databind.",
                "com.google.crypto.tink.Registry",
                "org.bouncycastle.",
                "com.networknt.",
                "picocli.CommandLine$Model",
                "java.net.http.",
                "java.util.logging.ConsoleHandler",
                "software.amazon.",
                "com.azure.",
                "com.google.cloud.",
                "org.postgresql.");
        List<String> loaded = classesOfGet(caches, "COFFER_ARCHIVE", "off").stream()
                .filter(line -> unwanted.stream().anyMatch(prefix -> line.contains("] " + prefix)))
                .toList();
        assertEquals(List.of(), loaded);
    }

    @Test
    void everythingMade_isPrivate() throws IOException {
        for (Path file : files(made)) {
            String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            assertTrue(permissions.endsWith("------"), file + " " + permissions);
        }
    }

    @Test
    void deletedArchive_isMadeAgain() throws Exception {
        Files.delete(archive());
        assertEquals(SECRET, get(caches));
        awaitArchive(caches);
        assertTrue(usesArchive(caches));
    }

    @Test
    void truncatedArchive_isMadeAgain() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(writable(archive()).toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertEquals(SECRET, get(caches));
        awaitArchive(caches);
        assertEquals(3, files(slot()).size(), "the broken one is gone: " + files(slot()));
        assertTrue(usesArchive(caches));
    }

    @Test
    void garbledHeader_isSurvivedInSilence() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(writable(archive()).toFile(), "rw")) {
            file.write(new byte[4096]);
        }
        assertEquals(SECRET, get(caches));
    }

    @Test
    void otherLibraryOfTheDriver_isNotLoaded() throws Exception {
        Path library = files(slot()).stream()
                .filter(file -> file.toString().endsWith(".so"))
                .findFirst()
                .orElseThrow();
        Files.writeString(writable(library), "not a library");
        assertEquals(SECRET, get(caches));
    }

    @Test
    void archiveThatOthersCouldWrite_isNotUsed() throws Exception {
        for (Path open : List.of(archive(), slot(), archives(), caches.resolve("coffer"), caches)) {
            var before = Files.getPosixFilePermissions(open);
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertFalse(usesArchive(caches), open.toString());
            Files.setPosixFilePermissions(open, before);
        }
        assertTrue(usesArchive(caches));
    }

    @Test
    void upgradedCoffer_makesAnother() throws Exception {
        Path jar = place.resolve("lib/coffer.jar");
        FileTime before = Files.getLastModifiedTime(jar);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
        try {
            assertFalse(usesArchive(caches));
            awaitArchive(caches);
            assertTrue(usesArchive(caches));
            assertEquals(3, files(slot()).size(), "the old one is gone: " + files(slot()));
        } finally {
            Files.setLastModifiedTime(jar, before);
        }
    }

    /** A JDK that is another one after its upgrade: the files of this one, and a release file of its own. */
    @Test
    void upgradedJdk_makesAnother() throws Exception {
        Path jdk = Files.createDirectory(folder.resolve("jdk"));
        List<Path> links = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Path.of(JDK))) {
            for (Path entry : entries.toList()) {
                if (!entry.endsWith("release")) {
                    links.add(Files.createSymbolicLink(jdk.resolve(entry.getFileName()), entry));
                }
            }
        }
        String release = Files.readString(Path.of(JDK, "release"));
        Files.writeString(jdk.resolve("release"), release);
        assertFalse(usesArchive(caches, "COFFER_JAVA_HOME", jdk.toString()));
        awaitArchive(caches);
        assertTrue(usesArchive(caches, "COFFER_JAVA_HOME", jdk.toString()));
        assertEquals(2, stamps(caches).size());

        Files.writeString(
                jdk.resolve("release"), release.replace("JAVA_RUNTIME_VERSION=\"", "JAVA_RUNTIME_VERSION=\"9"));
        assertFalse(usesArchive(caches, "COFFER_JAVA_HOME", jdk.toString()));
        awaitArchive(caches);
        assertTrue(usesArchive(caches, "COFFER_JAVA_HOME", jdk.toString()));
        assertTrue(usesArchive(caches), "that of the other JDK is still there");
        for (Path link : links) { // else JUnit warns of each
            Files.delete(link);
        }
    }

    @Test
    void archiveOfWhatIsGone_isRemoved() throws Exception {
        Path gone = Files.createDirectory(archives().resolve("gone"));
        Files.writeString(gone.resolve("stamp"), "/no/such/coffer.jar\n" + JDK + "/bin/java\nx\nx 1 x x\n");
        Files.delete(archive());
        get(caches);
        awaitArchive(caches);
        assertFalse(Files.exists(gone));
    }

    @Test
    void cacheThatCannotBeMade_isDoneWithout() throws Exception {
        assertEquals(SECRET, get(Path.of("/dev/null/caches")));
        assertEquals(SECRET, get(Path.of("/proc/caches")));
    }

    @Test
    void linkedFolder_isDoneWithout_andNothingIsMadeAgainAndAgain() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path linked = Files.createDirectory(folder.resolve("linked"));
        Files.createSymbolicLink(linked.resolve("coffer"), elsewhere);
        Map<String, String> environment = environment(linked);
        environment.put("COFFER_ARCHIVE", "now");
        assertEquals(SECRET, run(environment, "secret", "get", "demo", "--key", "password"));
        assertEquals(List.of(), files(elsewhere));
        Answer doctor = run(environment, "doctor");
        assertTrue(doctor.out().contains("the folder for start archives is a symbolic link"), doctor.toString());
    }

    @Test
    void severalThatWantItNow_waitForTheOneThatMakesIt() throws Exception {
        Path empty = folder.resolve("now");
        Map<String, String> environment = environment(empty);
        environment.put("COFFER_ARCHIVE", "now");
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            running.add(start(environment, "secret", "get", "demo", "--key", "password"));
        }
        for (Process process : running) {
            assertEquals(SECRET, answer(process));
            assertEquals(1, stamps(empty).size(), "nobody ends before it is made");
        }
        assertTrue(usesArchive(empty));
    }

    @Test
    void crash_leavesNoFileWithArguments_andTheNextStartDoesWithoutTheArchive() throws Exception {
        Path spaced = folder.resolve("a place");
        Map<String, String> environment = environment(spaced);
        environment.put("COFFER_ARCHIVE", "now");
        assertEquals(SECRET, run(environment, "secret", "get", "demo", "--key", "password"));
        assertEquals(1, stamps(spaced).size());
        environment.put("COFFER_ARCHIVE", "");
        ProcessBuilder waiting = new ProcessBuilder(
                        place.resolve("bin/coffer").toString(), "secret", "register", "crash", "--token=@-")
                .directory(shared.toFile());
        waiting.environment().clear();
        waiting.environment().putAll(environment);
        Process process = waiting.start(); // it reads a pipe that nobody ends
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAKING_SECONDS);
        while (threads(process) < 8) { // the beginning of the JVM, which handles no crash yet
            assertTrue(System.nanoTime() < end);
            Thread.sleep(20);
        }
        new ProcessBuilder("kill", "-SEGV", Long.toString(process.pid()))
                .start()
                .waitFor();
        assertTrue(answer(process).code() != 0);
        try (Stream<Path> left = Files.list(shared)) {
            assertEquals(
                    List.of(),
                    left.filter(file -> file.getFileName().toString().startsWith("hs_err"))
                            .toList());
        }
        assertEquals(List.of(), stamps(spaced));
        assertEquals(SECRET, run(environment, "secret", "get", "demo", "--key", "password"));
        awaitArchive(spaced);
    }

    @Test
    void noHome_isDoneWithout() throws Exception {
        Map<String, String> environment = environment(caches);
        environment.remove("XDG_CACHE_HOME");
        environment.remove("HOME");
        assertEquals(SECRET, run(environment, "secret", "get", "demo", "--key", "password"));
    }

    @Test
    void eightFirstStartsAtOnce_makeOne() throws Exception {
        Path empty = folder.resolve("empty");
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            running.add(start(environment(empty), "secret", "get", "demo", "--key", "password"));
        }
        for (Process process : running) {
            assertEquals(SECRET, answer(process));
        }
        awaitArchive(empty);
        assertEquals(1, stamps(empty).size());
        assertEquals(3, files(slotOf(stamps(empty).get(0))).size());
        assertTrue(usesArchive(empty));
    }

    @Test
    void newestJdk_isTakenUnlessOneIsNamed() throws Exception {
        Path user = folder.resolve("user");
        Path java = Files.createDirectories(user.resolve(".jdks/newest/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho picked\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(user.resolve(".jdks/newest/release"), "JAVA_VERSION=\"98.0.1\"\n");
        Map<String, String> environment = environment(caches);
        environment.put("HOME", user.toString());
        environment.put("COFFER_ARCHIVE", "off");
        environment.remove("COFFER_JAVA_HOME");
        assertEquals(new Answer(0, "picked\n", ""), run(environment, "--version"));

        environment.put("JAVA_HOME", JDK);
        assertTrue(run(environment, "--version").out().startsWith("coffer "));
        environment.put("JAVA_HOME", user.resolve(".jdks/newest").toString());
        environment.put("COFFER_JAVA_HOME", JDK);
        assertTrue(run(environment, "--version").out().startsWith("coffer "));
    }

    @Test
    void howTheUserLikesFilesListed_isNoMatter() throws Exception {
        assertTrue(usesArchive(
                caches,
                "TIME_STYLE",
                "long-iso",
                "TZ",
                "Asia/Tokyo",
                "QUOTING_STYLE",
                "c",
                "BLOCK_SIZE",
                "1K",
                "POSIXLY_CORRECT",
                "1"));
    }

    /** Of which no list of files can be read line by line. */
    @Test
    void cacheWithALineBreakInItsName_isDoneWithout() throws Exception {
        for (String name : List.of("line\nbreak", "blank at its end ")) {
            Path odd = folder.resolve(name);
            assertFalse(usesArchive(odd, "COFFER_ARCHIVE", "now"), name);
            assertFalse(Files.exists(odd), "nothing is made that would not be used");
        }
    }

    @Test
    void settingsOfAJvmInTheFolder_areNotTalkedAbout() throws Exception {
        Files.writeString(shared.resolve(".hotspotrc"), "+PrintFlagsFinal");
        try {
            assertEquals(SECRET, get(caches));
            assertTrue(usesArchive(caches));
        } finally {
            Files.delete(shared.resolve(".hotspotrc"));
        }
    }

    @Test
    void folderThatIsGone_isSaid() throws Exception {
        Answer answer = shell("mkdir \"$1/gone\" && cd \"$1/gone\" && rmdir \"$1/gone\" && exec \"$2\" --version");
        assertEquals(1, answer.code());
        assertTrue(answer.err().contains("coffer: The current folder is gone."), answer.err());
        assertFalse(answer.err().contains("java"), answer.err());
    }

    @Test
    void colonInTheWayToIt_isSaid() throws Exception {
        Answer answer =
                shell("mkdir -p \"$1/a:b\" && cp -R \"${2%/bin/coffer}\" \"$1/a:b/it\" && exec \"$1/a:b/it/bin/coffer\""
                        + " --version");
        assertEquals(1, answer.code());
        assertTrue(answer.err().startsWith("coffer: Java takes no path with a colon: "), answer.err());
    }

    /** A limit on the size of files fails the making as a full disk does. */
    @Test
    void makingThatFails_leavesNothingThatTakesSpace() throws Exception {
        Path small = folder.resolve("small");
        Answer answer = shell("ulimit -f 8000 && XDG_CACHE_HOME=$1/small COFFER_ARCHIVE=now exec \"$2\" --version");
        assertEquals(0, answer.code(), answer.err());
        assertEquals("", answer.err());
        List<Path> left = files(small);
        assertEquals(1, left.size(), left.toString());
        assertTrue(left.get(0).endsWith("failed"), left.toString());
    }

    /** A script, of which $1 is the folder of the test and $2 the command. */
    private Answer shell(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "sh", folder.toString(), place + "/bin/coffer")
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(caches));
        return answer(builder.start());
    }

    @Test
    void unknownSwitch_isRefused() throws Exception {
        Map<String, String> environment = environment(caches);
        environment.put("COFFER_ARCHIVE", "on");
        assertNotEquals(0, run(environment, "--version").code());
    }

    /** Whether the JVM took coffer's own classes from an archive; that the answer is right is checked on the way. */
    private boolean usesArchive(Path caches, String... more) throws Exception {
        String line = classesOfGet(caches, more).stream()
                .filter(text -> text.contains("dev.coffer.cli.Main source: "))
                .findFirst()
                .orElseThrow();
        return line.contains("shared objects file");
    }

    /** The classes that one read loads, a line each. */
    private static List<String> classesOfGet(Path caches, String... more) throws Exception {
        Path log = Files.createTempFile(shared, "classes", ".log");
        Map<String, String> environment = environment(caches);
        environment.put("COFFER_JAVA_OPTS", "-Xlog:class+load:file=" + log);
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        assertEquals(SECRET, run(environment, "secret", "get", "demo", "--key", "password"));
        return Files.readAllLines(log);
    }

    private static Answer get(Path caches) throws Exception {
        return run(environment(caches), "secret", "get", "demo", "--key", "password");
    }

    private static Map<String, String> environment(Path caches) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", shared.resolve("user").toString());
        environment.put("COFFER_HOME", shared.resolve("home").toString());
        environment.put("COFFER_JAVA_HOME", JDK);
        environment.put("XDG_CACHE_HOME", caches.toString());
        return environment;
    }

    private static long threads(Process process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.count();
        }
    }

    private static Answer run(Map<String, String> environment, String... words) throws Exception {
        return answer(start(environment, words));
    }

    private static Process start(Map<String, String> environment, String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(place.resolve("bin/coffer").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(shared.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Answer answer(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), out, err);
    }

    /** Until whoever makes an archive is done with it. */
    private static void awaitArchive(Path caches) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAKING_SECONDS);
        Path archives = caches.resolve("coffer/archives");
        while (locks(archives) > 0 || !isWhole(stamps(caches))) {
            for (Path file : files(archives)) {
                assertFalse(file.endsWith("failed"), "the making failed: " + files(archives));
            }
            assertTrue(System.nanoTime() < end, "still making: " + files(archives));
            Thread.sleep(100);
        }
    }

    private static boolean isWhole(List<Path> stamps) throws IOException {
        for (Path stamp : stamps) {
            List<String> names = namesIn(stamp);
            Path file = stamp.resolveSibling(names.get(0));
            if (!Files.exists(file)) {
                return names.get(0).equals("x"); // planted
            }
            if (Files.size(file) != Long.parseLong(names.get(1))) {
                return false;
            }
        }
        return !stamps.isEmpty();
    }

    /** The archive, its size, the library and its SHA-256. */
    private static List<String> namesIn(Path stamp) throws IOException {
        return List.of(Files.readAllLines(stamp).get(3).split(" ", -1));
    }

    private static long locks(Path archives) throws IOException {
        if (!Files.exists(archives)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(archives)) {
            return entries.filter(entry -> entry.toString().endsWith(".lock")).count();
        }
    }

    private static List<Path> stamps(Path caches) throws IOException {
        return files(caches).stream().filter(file -> file.endsWith("stamp")).toList();
    }

    private Path archives() {
        return caches.resolve("coffer/archives");
    }

    private Path slot() throws IOException {
        return archives().resolve(slotOf(stamps(made).get(0)).getFileName());
    }

    private static Path slotOf(Path stamp) {
        return Objects.requireNonNull(stamp.getParent());
    }

    private Path archive() throws IOException {
        return slot().resolve(namesIn(stamps(made).get(0)).get(0));
    }

    private static Path writable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    /** All files below a folder, sorted; a folder that is not there has none. */
    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        } catch (UncheckedIOException e) {
            return files(folder); // somebody is at work there
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }
}
