package dev.coffer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.tools.ToolProvider;

/** The command, cold, beside an empty Java program and beside other commands that print a secret. */
final class CommandBars {
    private static final String SECRET = "lovelace";
    private static final int ROUNDS_OF_MEMORY = 3;

    private final Settings settings;
    private final Path home; // short: the path of gpg-agent's socket has 108 bytes at most
    private final List<Timed> timed = new ArrayList<>();

    CommandBars(Settings settings) throws IOException {
        this.settings = settings;
        this.home = Files.createTempDirectory(
                "bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** All commands, in the order of the table; call it before {@link #bars}. */
    List<Timed> measure() throws Exception {
        try {
            Map<String, Optional<Command>> commands = commands();
            Map<String, double[]> bare = rounds(commands, false);
            Map<String, double[]> inVariable = rounds(commands, true);
            for (Map.Entry<String, Optional<Command>> entry : commands.entrySet()) {
                String name = entry.getKey();
                timed.add(new Timed(
                        name,
                        entry.getValue().isPresent(),
                        bare.getOrDefault(name, new double[0]),
                        inVariable.getOrDefault(name, new double[0]),
                        entry.getValue().isPresent() ? resident(entry.getValue().get()) : 0));
            }
            return timed;
        } finally {
            if (Command.isHere("gpgconf")) {
                command("gpgconf", "gpgconf", "--kill", "all").run("");
            }
            Stores.delete(home);
        }
    }

    List<Bar> bars() {
        List<Bar> bars = new ArrayList<>();
        for (int jdk : new int[] {25, 17}) {
            Optional<Timed> hello = find("java Hello, JDK " + jdk);
            Optional<Timed> coffer = find("coffer secret get, JDK " + jdk);
            if (hello.isEmpty() || coffer.isEmpty()) {
                continue;
            }
            double times = coffer.get().median() / hello.get().median();
            double mib = coffer.get().residentKib() / 1024.0;
            boolean barred = jdk == 25;
            bars.add(new Bar(
                    "cold-" + jdk,
                    "`coffer secret get`, cold, on JDK " + jdk + ", against `java Hello`",
                    String.format(
                            Locale.ROOT,
                            "%.2f × (%.0f ms / %.0f ms)",
                            times,
                            coffer.get().median(),
                            hello.get().median()),
                    barred ? "≤ 6 ×" : "",
                    barred ? times / 6 : Double.NaN));
            bars.add(new Bar(
                    "memory-" + jdk,
                    "its resident memory on JDK " + jdk,
                    mib == 0 ? "no `time` here" : String.format(Locale.ROOT, "%.0f MiB", mib),
                    barred ? "≤ 96 MiB" : "",
                    barred && mib > 0 ? mib / 96 : Double.NaN));
        }
        return bars;
    }

    private Optional<Timed> find(String name) {
        return timed.stream()
                .filter(one -> one.name().equals(name) && one.here())
                .findFirst();
    }

    /** Everybody runs once in each round, so that what else the machine does meets all of them. */
    private Map<String, double[]> rounds(Map<String, Optional<Command>> commands, boolean inVariable)
            throws IOException, InterruptedException {
        Map<String, double[]> millis = new LinkedHashMap<>();
        for (int round = -1; round < settings.rounds(); round++) {
            for (Optional<Command> one : commands.values()) {
                if (one.isEmpty() || (inVariable && one.get().name().startsWith("java"))) {
                    continue;
                }
                Command command = inVariable ? one.get().inVariable() : one.get();
                double time = command.time();
                if (round >= 0) { // the first one fills the disk cache
                    millis.computeIfAbsent(command.name(), name -> new double[settings.rounds()])[round] = time;
                }
            }
        }
        millis.forEach((name, times) -> {
            Arrays.sort(times);
            Progress.say("%s%s: %s", name, inVariable ? " in a variable" : "", Timed.text(times));
        });
        return millis;
    }

    private static long resident(Command command) throws IOException, InterruptedException {
        long most = 0;
        for (int i = 0; i < ROUNDS_OF_MEMORY; i++) {
            most = Math.max(most, command.resident());
        }
        return most;
    }

    private Map<String, Optional<Command>> commands() throws Exception {
        Map<String, Optional<Command>> commands = new LinkedHashMap<>();
        hello();
        for (int jdk : new int[] {25, 17}) {
            String hello = "java Hello, JDK " + jdk;
            String coffer = "coffer secret get, JDK " + jdk;
            Optional<Path> java = Settings.jdk(jdk);
            commands.put(hello, java.map(one -> command(hello, one + "/bin/java", "-cp", home.toString(), "Hello")));
            commands.put(coffer, java.isPresent() ? Optional.of(coffer(coffer, java.get())) : Optional.empty());
        }
        boolean keys = Command.isHere("gpg");
        if (keys) {
            command(
                            "gpg",
                            "gpg",
                            "--batch",
                            "--quiet",
                            "--passphrase",
                            "",
                            "--quick-gen-key",
                            "bench",
                            "default",
                            "default",
                            "never")
                    .run("");
        }
        commands.put("pass show", keys && Command.isHere("pass") ? Optional.of(pass()) : Optional.empty());
        commands.put(
                "gopass show",
                keys && Command.isHere("pass") && Command.isHere("gopass") ? Optional.of(gopass()) : Optional.empty());
        commands.put(
                "keepassxc-cli show", Command.isHere("keepassxc-cli") ? Optional.of(keepassxc()) : Optional.empty());
        commands.put("age -d", Command.isHere("age") ? Optional.of(age()) : Optional.empty());
        for (Optional<Command> command : commands.values()) {
            if (command.isPresent()
                    && !command.get().name().startsWith("java")
                    && !command.get().run("").equals(SECRET)) {
                throw new IllegalStateException(command.get().name() + " prints something else");
            }
        }
        commands.forEach((name, command) -> {
            if (command.isEmpty()) {
                Progress.say("%s: not here", name);
            }
        });
        return commands;
    }

    private Command command(String name, String... words) {
        return new Command(
                name,
                Map.of(
                        "HOME", home.toString(),
                        "GNUPGHOME", home.toString(),
                        "PASSWORD_STORE_DIR", home + "/pass"),
                words);
    }

    private void hello() throws IOException {
        Path source = Files.writeString(
                home.resolve("Hello.java"),
                "class Hello { public static void main(String[] args) { System.out.println(\"Hello\"); } }");
        int code = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(null, null, null, "--release", "17", "-d", home.toString(), source.toString());
        if (code != 0) {
            throw new IllegalStateException("Hello.java does not compile");
        }
    }

    private Command coffer(String name, Path jdk) throws IOException, InterruptedException {
        String coffer = settings.checkout().resolve("bin/coffer").toString();
        Map<String, String> environment = new LinkedHashMap<>(Map.of(
                "HOME", home.toString(),
                "COFFER_HOME", home.resolve("coffer-" + jdk.getFileName()).toString(),
                "XDG_CACHE_HOME", home.resolve("cache").toString(),
                "COFFER_JAVA_HOME", jdk.toString(),
                "COFFER_ARCHIVE", "now"));
        Files.createDirectories(
                home.resolve("cache"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        new Command(name, environment, coffer, "secret", "register", "demo", "--username=ada", "--password=@-")
                .run(SECRET);
        environment.remove("COFFER_ARCHIVE");
        return new Command(name, environment, coffer, "secret", "get", "demo", "--key", "password");
    }

    private Command pass() throws IOException, InterruptedException {
        command("pass", "pass", "init", "bench").run("");
        command("pass", "pass", "insert", "-e", "demo").run(SECRET + "\n");
        return command("pass show", "pass", "show", "demo");
    }

    /** Reads the store of {@code pass}; it can be written with {@code pass} without a terminal. */
    private Command gopass() {
        return command("gopass show", "gopass", "show", "demo");
    }

    /** With a key file in place of a password, and the shortest derivation that can be asked for. */
    private Command keepassxc() throws IOException, InterruptedException {
        String file = home.resolve("bench.kdbx").toString();
        String key = home.resolve("bench.key").toString();
        byte[] random = new byte[64];
        new java.security.SecureRandom().nextBytes(random);
        Files.write(Path.of(key), random);
        command("keepassxc", "keepassxc-cli", "db-create", "-q", "-t", "100", "--set-key-file", key, file)
                .run("");
        command("keepassxc", "keepassxc-cli", "add", "-q", "-k", key, "--no-password", "-p", file, "demo")
                .run(SECRET + "\n" + SECRET + "\n");
        return command(
                "keepassxc-cli show",
                "keepassxc-cli",
                "show",
                "-q",
                "-k",
                key,
                "--no-password",
                "-s",
                "-a",
                "Password",
                file,
                "demo");
    }

    private Command age() throws IOException, InterruptedException {
        String key = home.resolve("age.key").toString();
        String file = home.resolve("demo.age").toString();
        command("age", "age-keygen", "-o", key).run("");
        String recipient = command("age", "age-keygen", "-y", key).run("");
        command("age", "age", "-r", recipient, "-o", file).run(SECRET);
        return command("age -d", "age", "-d", "-i", key, file);
    }
}
