package dev.coffer.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * Runs many commands, failing ones too, with marker values that reach it through files only, and dumps its live heap
 * after the last one. Arguments: the home, the folder with the markers, and where the dump goes.
 */
final class CanaryChild {
    private final Map<String, String> environment;
    private final Path markers;

    private CanaryChild(Path home, Path markers) {
        this.markers = markers;
        this.environment = Map.of(
                "COFFER_HOME",
                home.toString(),
                "COFFER_PASSPHRASE_FILE",
                markers.resolve("passphrase").toString());
    }

    public static void main(String[] args) throws IOException {
        Path markers = Path.of(args[1]);
        CanaryChild child = new CanaryChild(Path.of(args[0]), markers);
        child.everything(
                markers.resolve("value").toString(),
                markers.resolve("values.json").toString());
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(args[2], true);
    }

    private void everything(String value, String values) throws IOException {
        run("init", "--passphrase");
        run("secret", "register", "db", "--schema", "basic_auth", "--username=ada", "--password=@" + value);
        run("secret", "register", "piped", "--k=@-");
        run("secret", "register", "many", "--values", values);
        run("secret", "register", "prompted", "--k");
        run("secret", "register", "db", "--schema", "basic_auth", "--username=ada", "--password=@" + value);
        run("secret", "register", "misfit", "--schema", "mysql", "--ssl_verify_server_cert=@" + value);
        run("secret", "register", "misfit", "--schema", "gcp", "--token=@" + value);
        run("secret", "register", "bad name", "--k=@" + value);
        run("secret", "register", "stray", "--values", value);
        run("secret", "update", "db", "--extra=@" + value);
        run("secret", "update", "db", "--schema", "arbitrary", "--extra=@" + value);
        run("secret", "update", "missing", "--k=@" + value, "-o", "json", "--verbose");
        run("secret", "rollback", "db", "--to", "1", "-y");
        run("secret", "rollback", "db", "--to", "99", "-y", "--verbose");
        run("secret", "history", "db");
        run("secret", "list", "-o", "json");
        run("secret", "rename", "many", "others");
        run("secret", "delete", "others", "-y");
        run("secret", "purge", "others", "-y");
        run("schema", "list");
        run("key", "status");
        run("key", "rotate");
        run("key", "rotate", "--deks");
        run("key", "slot", "list");
        run("verify", "-o", "json");
        run("backup", markers.resolveSibling("backup").toString());
        run("restore", markers.resolveSibling("backup").toString(), "--force", "-y");
        run("restore", value, "--force", "-y", "--verbose");
        run("doctor");
        run("secret", "delete-all", "-y");
    }

    private void run(String... arguments) throws IOException {
        // What is typed or piped comes from a file, so that no text of it stands in this class.
        byte[] line =
                (Files.readString(markers.resolve("value")) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(line),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                EnumSet.of(Terminal.Stream.IN, Terminal.Stream.ERR),
                () -> () -> {});
        int code = Main.run(List.of(arguments), environment, terminal);
        System.err.println("ran " + arguments[0] + (arguments.length > 1 ? " " + arguments[1] : "") + ": " + code);
    }
}
