package dev.coffer.vault;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.crypto.KeychainKey;
import dev.coffer.secrets.LockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against scripts in the place of {@code secret-tool}; the transcript {@code keychain.txt} uses the real one. */
class SecretToolTest {
    private static final String ID = "0123456789abcdef";
    private static final byte[] CONTENT = "coffer-keychain-v1:top:secret".getBytes(US_ASCII);

    @TempDir
    Path folder;

    private SecretTool tool(String script, Duration patience) throws IOException {
        Path file = folder.resolve("secret-tool");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new SecretTool(file, patience);
    }

    private SecretTool tool(String script) throws IOException {
        return tool(script, Duration.ofSeconds(30));
    }

    private String written(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void content_goesOverStandardInput_andNeverIntoArguments() throws IOException {
        tool("cat > " + folder + "/in; echo \"$@\" > " + folder + "/args").put(ID, "coffer: a store", CONTENT);
        assertEquals(new String(CONTENT, US_ASCII), written("in"));
        assertEquals("store --label=coffer: a store application coffer key " + ID + "\n", written("args"));
    }

    @Test
    void find_givesTheBytesThatTheToolPrints() throws IOException {
        SecretTool tool = tool("echo \"$@\" > " + folder + "/args; printf 'coffer-keychain-v1:top:secret'");
        assertArrayEquals(CONTENT, tool.find(ID).orElseThrow());
        assertEquals("lookup application coffer key " + ID + "\n", written("args"));
    }

    @Test
    void missingItem_isToldFromAMissingKeychain() throws IOException {
        assertEquals(Optional.empty(), tool("exit 1").find(ID));
        LockedException e = assertThrows(
                LockedException.class,
                () -> tool("echo 'secret-tool: Cannot autolaunch D-Bus' >&2; exit 1")
                        .find(ID));
        assertTrue(e.getMessage().contains("Cannot autolaunch D-Bus"), e.getMessage());
        assertThrows(LockedException.class, () -> tool("exit 126").find(ID));
        assertThrows(LockedException.class, () -> tool("kill -9 $$").find(ID));
    }

    @Test
    void lockedItem_isToldFromAMissingOne() throws IOException {
        LockedException e = assertThrows(
                LockedException.class,
                () -> tool("[ $1 = lookup ] && exit 1; echo \"$@\" > " + folder + "/args; echo '[/1]'; echo locked >&2")
                        .find(ID));
        assertEquals("search application coffer key " + ID + "\n", written("args"));
        assertTrue(e.getMessage().endsWith("it is locked"), e.getMessage());
        assertEquals(Optional.empty(), tool("[ $1 != lookup ]").find(ID));
    }

    @Test
    void remove_ofAMissingItem_isDone() throws IOException {
        tool("exit 1").remove(ID);
        tool("exit 0").remove(ID);
        assertThrows(LockedException.class, () -> tool("echo no >&2; exit 1").remove(ID));
        assertEquals("secret-tool clear application coffer key " + ID, tool("").removal(ID));
    }

    @Test
    void failedPut_isNotTakenForDone() throws IOException {
        assertThrows(LockedException.class, () -> tool("exit 1").put(ID, "x", CONTENT));
        assertThrows(
                LockedException.class,
                () -> tool("cat >/dev/null; echo locked >&2; exit 1").put(ID, "x", CONTENT));
    }

    @Test
    void toolThatHangs_isEnded() throws Exception {
        SecretTool slow = tool("echo $$ > " + folder + "/pid; exec sleep 600", Duration.ofMillis(500));
        LockedException e = assertThrows(LockedException.class, () -> slow.find(ID));
        assertTrue(e.getMessage().contains("did not answer"), e.getMessage());
        long pid = Long.parseLong(written("pid").strip());
        for (int i = 0; i < 100 && ProcessHandle.of(pid).isPresent(); i++) {
            Thread.sleep(50);
        }
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    /** It may hold the streams open that are read from, or the JDK may have closed them by then. */
    @Test
    void childThatTheToolLeftBehind_isNotWaitedFor() throws IOException {
        SecretTool tool = tool("sleep 60 & printf x", Duration.ofMillis(300));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            try {
                assertArrayEquals(new byte[] {'x'}, tool.find(ID).orElseThrow());
            } catch (LockedException e) {
                assertTrue(e.getMessage().contains("did not answer"), e.getMessage());
            }
        });
    }

    @Test
    void interrupt_endsTheWait_andIsNotLost() throws IOException {
        SecretTool tool = tool("exec sleep 600");
        Thread.currentThread().interrupt();
        try {
            LockedException e = assertThrows(LockedException.class, () -> tool.find(ID));
            assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    /** A program that has the tool remove an item. */
    static final class Remove {
        private Remove() {}

        public static void main(String[] arguments) {
            new SecretTool(Path.of(arguments[0]), Duration.ofSeconds(30)).remove(ID);
        }
    }

    /** The desktop's session is found by the one; the other is not told to children. */
    @Test
    void environment_isThatOfCoffer_butForWhatUnlocksAStore() throws Exception {
        tool("env > " + folder + "/env");
        ProcessBuilder coffer = new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path", ""),
                Remove.class.getName(),
                folder.resolve("secret-tool").toString());
        coffer.environment().put("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        coffer.environment().put("COFFER_PASSPHRASE_FILE", "/some/file");
        coffer.environment().put("COFFER_KEY_FILE", "/another/file");
        assertEquals(0, coffer.inheritIO().start().waitFor());
        assertTrue(
                written("env").contains("DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere\n"), "DBUS_SESSION_BUS_ADDRESS");
        assertFalse(written("env").contains("COFFER_"), "COFFER_");
    }

    @Test
    void words_arePrintableAndInOneLine() throws IOException {
        LockedException e = assertThrows(
                LockedException.class,
                () -> tool("printf 'one\\n\\033[31mtwo' >&2; exit 1").find(ID));
        assertTrue(e.getMessage().contains("one \\u001b[31mtwo"), e.getMessage());
    }

    @Test
    void wordsThatHoldAKey_areNotRepeated() throws IOException {
        byte[] content = KeychainKey.random().revealItemContent();
        String key = new String(content, US_ASCII).split(":", -1)[1];
        for (String script : new String[] {"echo \"no: $(cat)\" >&2; exit 1", "echo 'no: " + key + "' >&2; exit 1"}) {
            LockedException put =
                    assertThrows(LockedException.class, () -> tool(script).put(ID, "x", content));
            LockedException find =
                    assertThrows(LockedException.class, () -> tool(script).find(ID));
            assertTrue(put.getMessage().contains("no: "), put.getMessage());
            assertFalse((put.getMessage() + find.getMessage()).contains(key), put.getMessage());
        }
    }

    @Test
    void endlessOutput_isCut() throws IOException {
        assertEquals(4_096, tool("head -c 5000 /dev/zero").find(ID).orElseThrow().length);
    }

    @Test
    void toolThatVanished_isSaid() throws IOException {
        SecretTool tool = tool("");
        Files.delete(folder.resolve("secret-tool"));
        assertThrows(LockedException.class, () -> tool.find(ID));
    }

    @Test
    void find_looksThroughThePath_onLinuxAlone() throws IOException {
        Map<String, String> path = Map.of("PATH", "relative::/nowhere:\0:" + folder);
        assertEquals(Optional.empty(), SecretTool.find(path, "Linux"));
        tool("");
        assertTrue(SecretTool.find(path, "Linux").isPresent());
        for (String other : new String[] {"Mac OS X", "Windows 11", ""}) {
            assertEquals(Optional.empty(), SecretTool.find(path, other));
        }
        assertEquals(Optional.empty(), SecretTool.find(Map.of(), "Linux"));
        Files.setPosixFilePermissions(folder.resolve("secret-tool"), PosixFilePermissions.fromString("rw-------"));
        assertEquals(Optional.empty(), SecretTool.find(path, "Linux"));
        assertFalse(Keychain.ofEnvironment(Map.of()).isPresent());
    }
}
