package dev.coffer.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Switches the echo of the terminal at stdin with POSIX {@code stty}. {@link java.io.Console} is not used: it wants
 * stdout to be a terminal as well, prompts there, and keeps what was typed in its buffers.
 */
final class SttyEcho implements Echo {
    @Override
    public Runnable hide() {
        String before = stty("-g");
        // Ctrl-C ends the process in the middle of the question, and the shell would go on without an echo.
        Thread atExit = new Thread(() -> {
            stty(before);
            System.err.println(); // the shell's prompt does not belong behind the question
        });
        Runtime.getRuntime().addShutdownHook(atExit);
        // A shell that brings a suspended process back shows again what is typed: nothing suspends it meanwhile.
        stty("-echo", "susp", "undef");
        return () -> {
            stty(before);
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The process is ending: the hook does the same once more.
            }
        };
    }

    private static String stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("COFFER_"));
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (process.waitFor() == 0) {
                return output;
            }
        } catch (IOException e) {
            // No such command: the same as a failing one.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new UsageException(
                "the terminal cannot hide what is typed", "give values as --KEY=@FILE, or keys in the environment");
    }
}
