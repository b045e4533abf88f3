package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real command where there is no network at all, not even the machine's own address: a namespace of its own, by
 * {@code unshare}. Everything that has no business with a remote flavor works there as ever.
 */
class NetworkRuleIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));

    @TempDir
    Path folder;

    private List<String> withoutNetwork = List.of();

    private record Answer(int code, String out, String err) {}

    @BeforeEach
    void findAWay() throws Exception {
        for (List<String> way : List.of(List.of("unshare", "-n"), List.of("unshare", "-rn"))) {
            List<String> command = new ArrayList<>(way);
            command.add("true");
            if (run(command).code() == 0) {
                withoutNetwork = way;
                return;
            }
        }
        throw new AssertionError("this test needs a namespace without network: be root, or allow user namespaces"
                + " (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)");
    }

    @Test
    void whatIsLocal_worksWithoutANetwork() throws Exception {
        for (String line : """
                init --key-file FOLDER/key
                secret register prod/db --username=ada --password=p1
                secret get prod/db --key password
                secret list
                secret update prod/db --password=p2
                secret history prod/db
                secret rollback prod/db --to 1
                secret rename prod/db prod/main
                schema list
                stack list
                stack describe
                secrets-manager flavor list
                secrets-manager register team --flavor vault --scope=namespace --namespace=us --url=http://127.0.0.1:1
                secrets-manager list
                secrets-manager describe team
                sync add team --only prod/*
                sync list
                sync status
                sync remove team --yes
                secrets-manager delete team --yes
                secret delete prod/main --yes
                secret purge prod/main --yes
                key status
                key slot list
                key rotate
                verify
                backup FOLDER/backup
                doctor
                completion bash
                """.lines().toList()) {
            Answer answer = coffer(withoutNetwork, line.replace("FOLDER", folder.toString()));

            assertEquals(0, answer.code(), () -> line + ": " + answer.err());
        }
    }

    @Test
    void whatIsNot_cannotEvenReachItsOwnMachine() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            coffer(List.of(), "secret register db --password=p1");
            coffer(
                    List.of(),
                    "secrets-manager register team --flavor vault --scope=namespace --namespace=us"
                            + " --connect-timeout=2 --request-timeout=2 --token=t --url=http://127.0.0.1:"
                            + server.getLocalPort());
            assertEquals(0, coffer(List.of(), "sync add team").code());

            for (String line :
                    List.of("secrets-manager check team", "sync push", "sync pull", "sync plan", "copy local team")) {
                Answer answer = coffer(withoutNetwork, line);

                assertEquals(ExitCode.REMOTE.number(), answer.code(), () -> line + ": " + answer.err());
            }
            server.setSoTimeout(1);
            assertTrue(isUnvisited(server));
        }
    }

    private static boolean isUnvisited(ServerSocket server) {
        try {
            server.accept().close();
            return false;
        } catch (IOException e) {
            return true; // nobody came within the time-out
        }
    }

    private Answer coffer(List<String> within, String line) throws Exception {
        List<String> command = new ArrayList<>(within);
        command.add(CHECKOUT.resolve("bin/coffer").toString());
        command.add("--home");
        command.add(folder.resolve("home").toString());
        command.addAll(List.of(line.split(" ")));
        return run(command);
    }

    private Answer run(List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("COFFER_") || name.startsWith("VAULT_"));
        builder.environment()
                .putAll(Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "XDG_CACHE_HOME",
                        folder.resolve("cache").toString()));
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end: " + command);
        }
        return new Answer(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
