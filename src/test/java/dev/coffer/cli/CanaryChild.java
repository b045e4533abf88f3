package dev.coffer.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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
    /** Before each command line that was run, on stderr. */
    static final String RAN = "ran: ";

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
        shown("secret", "get", "db");
        shown("secret", "get", "db", "-o", "json");
        run("secret", "get", "db", "--key", "missing", "--verbose");
        schemas(value);
        run("import", "--from", "zenml", markers.resolve("zenml.yaml").toString(), "--dry-run", "-o", "json");
        run("import", "--from", "zenml", markers.resolve("zenml.yaml").toString(), "-y");
        run("import", "--from", "zenml", markers.resolve("__ZENML__BLOB").toString(), "-y");
        run("import", "--from", "zenml", value, "-y", "--verbose");
        components(value);
        stacks();
        sync(value);
        run("key", "status");
        run("key", "rotate");
        run("key", "rotate", "--deks");
        run("key", "slot", "list");
        run("key", "slot", "add", "--passphrase");
        run("key", "slot", "add", "--key-file", value, "--verbose");
        run("key", "slot", "remove", "nobody", "-y");
        run("verify", "-o", "json");
        run("backup", markers.resolveSibling("backup").toString());
        run("restore", markers.resolveSibling("backup").toString(), "--force", "-y");
        run("restore", value, "--force", "-y", "--verbose");
        run("doctor");
        run("completion", "bash");
        run("secret", "delete-all", "-y");
    }

    private void schemas(String value) throws IOException {
        run("schema", "list");
        run("schema", "describe", "basic_auth");
        run("schema", "register", markers.resolve("warehouse.json").toString());
        run("secret", "register", "wh", "--schema", "warehouse", "--token=@" + value);
        run("secret", "register", "wh", "--schema", "warehouse", "--token=@" + value, "--tier=@" + value, "--verbose");
        run("schema", "register", value, "--verbose");
        run("schema", "register", "com.acme.Missing", "--jar", value, "--verbose");
        run("schema", "delete", "warehouse", "-y");
    }

    private void components(String value) throws IOException {
        run("secrets-manager", "register", "team", "--flavor", "local");
        run(
                "secrets-manager",
                "register",
                "spare",
                "--flavor",
                "local",
                "--scope=namespace",
                "--namespace={{db.password}}");
        run("secrets-manager", "update", "spare", "--namespace={{db.password}}-{{db.password}}", "-y");
        run("secrets-manager", "remove-attribute", "spare", "scope", "-y");
        run("secrets-manager", "list");
        run("secrets-manager", "describe", "spare", "-o", "json");
        run("secrets-manager", "check", "spare");
        run("secrets-manager", "rename", "spare", "other");
        run("secrets-manager", "copy", "other", "third");
        run("secrets-manager", "delete", "third", "-y");
        run("secrets-manager", "flavor", "register", "com.acme.Missing", "--jar", value, "--verbose");
        run("secrets-manager", "flavor", "list");
        run("secrets-manager", "flavor", "describe", "local");
        run("secrets-manager", "flavor", "delete", "missing", "-y");
        run("component", "orchestrator", "register", "k8s", "--flavor", "kubernetes", "--token={{db.password}}");
        run("component", "orchestrator", "update", "k8s", "--token=x{{db.password}}{{db.gone}}");
        run("component", "orchestrator", "resolve", "k8s", "--verbose");
        run("component", "orchestrator", "update", "k8s", "--token={{db.password}}");
        shown("component", "orchestrator", "resolve", "k8s");
        run("component", "orchestrator", "list", "-o", "json");
        run("component", "orchestrator", "describe", "k8s");
        run("component", "orchestrator", "rename", "k8s", "cluster");
        run("component", "orchestrator", "copy", "cluster", "twin");
        run("component", "orchestrator", "remove-attribute", "twin", "token");
        run("component", "orchestrator", "delete", "twin", "-y");
    }

    private void stacks() throws IOException {
        run("stack", "register", "staging", "--secrets-manager", "team", "--component", "orchestrator=cluster");
        run("stack", "check", "staging", "--verbose");
        run("stack", "register-secrets", "staging");
        run("stack", "set", "staging");
        run("stack", "get");
        run("stack", "list");
        run("stack", "describe", "staging");
        String file = markers.resolveSibling("stack.yaml").toString();
        run("stack", "export", "staging");
        run("stack", "export", "staging", file, "-o", "json");
        run("stack", "import", file, "--name", "third", "--register-secrets", "-y");
        run("stack", "import", markers.resolve("values.json").toString(), "-y", "--verbose");
        run("stack", "import", markers.resolve("value").toString(), "-y", "-o", "json", "--verbose");
        run("stack", "update", "staging", "--remove", "orchestrator");
        run("stack", "copy", "staging", "second");
        run("stack", "rename", "second", "last");
        run("stack", "set", "default");
        run("stack", "delete", "last", "-y");
    }

    /** With another secrets manager of the store as the target, which the stack far has. */
    private void sync(String value) throws IOException {
        run("secrets-manager", "register", "remote", "--flavor", "local");
        run("stack", "register", "far", "--secrets-manager", "remote");
        run("sync", "add", "remote", "--only", "db", "--only", "piped*");
        run("sync", "add", "remote", "--verbose");
        run("sync", "list", "-o", "json");
        run("sync", "push");
        run("secret", "update", "db", "--username=@" + value);
        run("secret", "update", "piped", "--k=1");
        run("secret", "update", "piped", "--k=@" + value, "--stack", "far");
        run("secret", "update", "piped", "--k=2");
        run("secret", "update", "piped", "--k=3", "--stack", "far");
        run("sync", "status", "-o", "json");
        String plan = markers.resolveSibling("plan.json").toString();
        run(new FileOutputStream(plan), "sync", "plan", "remote", "-o", "json");
        run("sync", "apply", plan, "--verbose");
        run("sync", "apply", value, "--verbose");
        run("sync", "pull");
        run("sync", "resolve", "piped", "--interactive", "--verbose");
        run("sync", "resolve", "piped", "--keep-both", "-o", "json");
        run("sync", "resolve", "piped", "--theirs", "--verbose");
        run("sync", "push", "-o", "json");
        run("secret", "update", "db", "--password=@" + value, "--stack", "far");
        run("sync", "pull", "-o", "json");
        run("sync", "remove", "remote", "-y");
        run("copy", "local", "remote", "--plan", "-o", "json");
        run("copy", "local", "remote", "--replace", "-y", "--verbose");
        run("copy", "remote", "local", "-y", "-o", "json");
    }

    private void run(String... arguments) throws IOException {
        run(new FileOutputStream(FileDescriptor.out), arguments);
    }

    /** A command that shows secrets because it was asked to. */
    private void shown(String... arguments) throws IOException {
        run(OutputStream.nullOutputStream(), arguments);
    }

    private void run(OutputStream out, String... arguments) throws IOException {
        // What is typed or piped comes from a file, so that no text of it stands in this class.
        byte[] line =
                (Files.readString(markers.resolve("value")) + "\n").repeat(2).getBytes(StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(line),
                out,
                new FileOutputStream(FileDescriptor.err),
                EnumSet.of(Terminal.Stream.IN, Terminal.Stream.ERR),
                () -> () -> {});
        int code = Main.run(List.of(arguments), environment, terminal);
        System.err.println(RAN + String.join(" ", arguments) + ": " + code);
    }
}
