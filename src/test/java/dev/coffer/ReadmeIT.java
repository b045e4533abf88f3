package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, from where the build ends on, run in a shell as it stands there. */
class ReadmeIT {
    private static final String BUILD = "mvn -q -DskipTests package && ";

    @TempDir
    Path folder;

    @Test
    void firstCommand_registersAndReadsBack() throws Exception {
        String command = Readme.blocks("sh").get(0).strip();
        assertTrue(command.startsWith(BUILD), command);
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", command.substring(BUILD.length()))
                .directory(Path.of(System.getProperty("coffer.checkout")).toFile());
        shell.environment().put("COFFER_HOME", folder.resolve("home").toString());
        shell.environment().put("COFFER_ARCHIVE", "off"); // what it leaves behind is ArchiveIT's
        shell.environment().remove("COFFER_KEY_FILE");
        shell.environment().remove("COFFER_PASSPHRASE_FILE");
        shell.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = shell.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertTrue(out.contains("lovelace"), out);
    }
}
