package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the common commands on a store that is thrown away, so that the JVM can record which classes they need.
 * {@code bin/coffer} starts it when it makes an archive of them. It sees nothing of the user's.
 */
final class Rehearsal {
    private static final List<List<String>> BEFORE = List.of(
            List.of("secret", "register", "app/db", "--username=rehearsal", "--password=rehearsal"),
            List.of("secret", "register", "app/api", "--schema", "api_token", "--token=rehearsal"));

    /** From here on, the stacks are records. */
    private static final List<String> STACK = List.of("stack", "register", "team");

    /** Each class that these reach is loaded by every command, needed or not: only what is run all the time. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("secret", "get", "app/db", "--key", "password"),
            List.of("secret", "get", "app/api"),
            List.of("secret", "register", "app/web", "--username=rehearsal", "--password=rehearsal"),
            List.of("secret", "list"));

    private Rehearsal() {}

    /**
     * Runs the commands, whatever comes of each.
     *
     * @param args {@code before} for what makes the store, which need not be quick, else {@code commands}; and a folder
     *     that its caller removes
     */
    public static void main(String[] args) {
        boolean before = args[0].equals("before");
        Path homes = Path.of(args[1]);
        for (Path home : List.of(homes.resolve("plain"), homes.resolve("stacked"))) {
            (before ? BEFORE : COMMANDS).forEach(command -> run(command, home));
        }
        if (before) {
            run(STACK, homes.resolve("stacked"));
        }
        Main.end(ExitCode.DONE.number());
    }

    private static void run(List<String> command, Path home) {
        Map<String, String> environment = Main.environment();
        environment.keySet().removeIf(name -> name.startsWith("COFFER_"));
        environment.put("COFFER_HOME", home.toString());
        Terminal nowhere = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                Set.of(),
                new SttyEcho());
        Main.run(command, environment, nowhere);
    }
}
