package dev.coffer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoreFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValueReaderTest {
    @TempDir
    Path folder;

    private final List<String> asked = new ArrayList<>();
    private final List<char[]> answers = new ArrayList<>();

    @Test
    void file_keepsEveryByte() throws IOException {
        for (String content : List.of("", "\n", "secret\n", "a\r\nb\n\n", " x ", "\uFEFFx", "a\0b", "$HOME=@x")) {
            Path file = Files.writeString(folder.resolve("f"), content);
            assertEquals(content, one("--k=@" + file, ""));
        }
    }

    @Test
    void stdin_keepsEveryByte() {
        for (String content : List.of("", "\n", "secret\n", "a\0b")) {
            assertEquals(content, one("--k=@-", content));
        }
    }

    @Test
    void stdinInSmallPieces_isReadToItsEnd() {
        String content = "0123456789".repeat(5000);
        InputStream pieces = new ByteArrayInputStream(content.getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(7, length));
            }
        };
        ValueReader reader = new ValueReader(pieces, this::answer);
        assertEquals(content, revealed(reader.read(arguments("--k=@-"), null), "k"));
    }

    @Test
    void longestValue_isRead() throws IOException {
        byte[] longest = new byte[SecretValue.MAX_BYTES];
        Path file = Files.write(folder.resolve("f"), longest);
        SecretValue value = reader("").read(arguments("--k=@" + file), null).get("k");
        assertEquals(SecretValue.MAX_BYTES, value == null ? 0 : value.size());
    }

    @Test
    void inputThatNeverEnds_isRefused() {
        InputStream endless = new ByteArrayInputStream(new byte[0]) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return length;
            }
        };
        assertThrows(
                InvalidException.class, () -> new ValueReader(endless, this::answer).read(arguments("--k=@-"), null));
    }

    @Test
    void tooLargeInput_isRefused() throws IOException {
        byte[] large = new byte[SecretValue.MAX_BYTES + 1];
        Path file = Files.write(folder.resolve("large"), large);
        InvalidException refusal = assertThrows(InvalidException.class, () -> one("--k=@" + file, ""));
        assertTrue(refusal.getMessage().startsWith("the file that is named for key k"), refusal.getMessage());
        assertThrows(
                InvalidException.class,
                () -> new ValueReader(new ByteArrayInputStream(large), this::answer).read(arguments("--k=@-"), null));
    }

    @Test
    void inputThatIsNoText_isRefusedByName() throws IOException {
        byte[] binary = {'a', (byte) 0xFF};
        Path file = Files.write(folder.resolve("binary"), binary);
        InvalidException refusal = assertThrows(InvalidException.class, () -> one("--k=@" + file, ""));
        assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
        assertTrue(refusal.hint().orElseThrow().contains("base64"));
        InvalidException stdin = assertThrows(
                InvalidException.class,
                () -> new ValueReader(new ByteArrayInputStream(binary), this::answer).read(arguments("--k=@-"), null));
        assertTrue(stdin.getMessage().startsWith("standard input"), stdin.getMessage());
    }

    @Test
    void fileThatCannotBeRead_isRefused_withoutItsName_whichMayBeAPassword() throws IOException {
        Path missing = folder.resolve("missing");
        StoreFileException gone = assertThrows(StoreFileException.class, () -> one("--k=@" + missing, ""));
        assertEquals("the file that is named for key k is not there", gone.getMessage());
        StoreFileException directory = assertThrows(StoreFileException.class, () -> one("--k=@" + folder, ""));
        assertEquals("the file that is named for key k is a folder", directory.getMessage());
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertThrows(StoreFileException.class, () -> one("--k=@" + loop, ""));
    }

    @Test
    void stdinThatFails_isFileTrouble() {
        InputStream broken = new PipedInputStream(); // not connected
        ValueReader reader = new ValueReader(broken, this::answer);
        assertThrows(StoreFileException.class, () -> reader.read(arguments("--k=@-"), null));
    }

    @Test
    void prompt_isWipedAfterUse() {
        assertEquals("typed k", one("--k", ""));
        assertEquals(List.of("k"), asked);
        assertArrayEquals(new char["typed k".length()], answers.get(0));
    }

    @Test
    void ask_takesOneKey() {
        assertEquals("typed api-key", reader("").ask("api-key").revealText());
    }

    @Test
    void prompts_comeAfterAllElse() throws IOException {
        Path missing = folder.resolve("missing");
        assertThrows(StoreFileException.class, () -> reader("").read(arguments("--a", "--b=@" + missing), null));
        assertEquals(List.of(), asked);
        Map<String, SecretValue> values = reader("in").read(arguments("--a", "--b=x", "--c", "--d=@-"), null);
        assertEquals(List.of("a", "b", "c", "d"), List.copyOf(values.keySet()));
        assertEquals(List.of("a", "c"), asked);
        assertEquals("in", revealed(values, "d"));
        assertEquals("typed c", revealed(values, "c"));
    }

    @Test
    void literalThatTheLocaleMangled_isRefused() {
        InvalidException refusal = assertThrows(InvalidException.class, () -> one("--k=p\uFFFD\uFFFDss", ""));
        assertTrue(refusal.getMessage().contains("the key k"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("ss\uFFFD"));
    }

    @Test
    void literalWithHalfAPair_isRefused() {
        assertThrows(InvalidException.class, () -> one("--k=\ud800", ""));
    }

    @Test
    void valuesFile_comesBeforeTheArguments() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "z: 1\ny: 2\n");
        Map<String, SecretValue> values = reader("").read(arguments("--a=3"), file.toString());
        assertEquals(List.of("z", "y", "a"), List.copyOf(values.keySet()));
        assertEquals("2", revealed(values, "y"));
        Map<String, SecretValue> piped = reader("{\"z\":1}").read(arguments("--a=3"), "-");
        assertEquals(List.of("z", "a"), List.copyOf(piped.keySet()));
    }

    @Test
    void keyInBothPlaces_isWrongUsage() throws IOException {
        Path file = Files.writeString(folder.resolve("a.env"), "\u00e9=1\n");
        UsageException refusal =
                assertThrows(UsageException.class, () -> reader("").read(arguments("--e\u0301"), file.toString()));
        assertTrue(refusal.getMessage().contains("\u00e9"), refusal.getMessage());
        assertEquals(List.of(), asked);
    }

    @Test
    void stdinForTwo_isWrongUsage() {
        assertThrows(UsageException.class, () -> reader("{}").read(arguments("--a=@-"), "-"));
        ValueReader reader = reader("x");
        assertEquals("x", revealed(reader.read(arguments("--a=@-"), null), "a"));
        assertThrows(UsageException.class, () -> reader.read(arguments("--a=@-"), null));
        assertThrows(UsageException.class, () -> reader.read(arguments(), "-"));
    }

    private String one(String argument, String stdin) {
        return revealed(reader(stdin).read(arguments(argument), null), "k");
    }

    private static String revealed(Map<String, SecretValue> values, String key) {
        @Nullable SecretValue value = values.get(key);
        return value == null ? "no such key" : value.revealText();
    }

    private ValueReader reader(String stdin) {
        return new ValueReader(new ByteArrayInputStream(stdin.getBytes(UTF_8)), this::answer);
    }

    private char[] answer(String label) {
        asked.add(label);
        char[] answer = ("typed " + label).toCharArray();
        answers.add(answer);
        return answer;
    }

    private static KeyArguments arguments(String... words) {
        return KeyArguments.parse(List.of(words), List.of());
    }
}
