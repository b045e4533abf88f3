package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.WrongKeyException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was once written opens forever, and what was refused stays refused: every vector goes through every entry point
 * that takes its format. See the README beside the vectors.
 */
class VectorTest {
    private static final Path VECTORS =
            Path.of(System.getProperty("coffer.checkout", ""), "src/test/resources/vectors/v1");
    private static final Set<String> EXPECTATIONS = Set.of("opens", "integrity", "wrong-key", "invalid");

    static List<TestVector> vectors() throws IOException {
        return TestVector.readAll(VECTORS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void vector_isWhatItSays(TestVector vector) throws Exception {
        check(vector);
    }

    /** The files are frozen: what is there stays as it is, and what is new is listed. */
    @Test
    void files_areThoseOfTheList() throws Exception {
        SortedMap<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(VECTORS.resolve("SHA256SUMS"))) {
            assertTrue(line.matches("[0-9a-f]{64}  [a-z0-9-]+\\.json"), line);
            listed.put(line.substring(66), line.substring(0, 64));
        }
        assertEquals(listed, sums(VECTORS));
    }

    @Test
    void everyFormat_hasVectorsThatOpenAndVectorsThatDoNot() throws IOException {
        Set<String> found = vectors().stream()
                .map(vector -> vector.text("format") + " " + vector.text("expect"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(
                Set.of(
                        "envelope opens",
                        "envelope integrity",
                        "keyring opens",
                        "keyring integrity",
                        "slot opens",
                        "slot integrity",
                        "slot wrong-key",
                        "recovery-code opens",
                        "recovery-code invalid",
                        "key-file opens",
                        "key-file invalid",
                        "file opens",
                        "file integrity"),
                found);
    }

    /**
     * New vectors are of the same formats. {@code -Dcoffer.vectors=FOLDER} keeps them, in a folder that is made for
     * them; whatever is there is never written over.
     */
    @Test
    void newVectors_areWhatTheySay(@TempDir Path temporary) throws Exception {
        String keep = System.getProperty("coffer.vectors", "");
        Path folder = keep.isEmpty() ? temporary : Files.createDirectories(Path.of(keep));
        List<TestVector> made = new ArrayList<>(new ContentVectors().make());
        made.addAll(new CredentialVectors().make());
        for (TestVector vector : made) {
            vector.write(folder);
        }
        List<String> lines = new ArrayList<>();
        sums(folder).forEach((name, sum) -> lines.add(sum + "  " + name));
        Files.write(folder.resolve("SHA256SUMS"), lines);

        assertThrows(FileAlreadyExistsException.class, () -> made.get(0).write(folder));
        List<TestVector> read = TestVector.readAll(folder);
        assertEquals(made.size(), read.size());
        for (TestVector vector : read) {
            check(vector);
        }
        assertEquals(names(vectors()), names(read), "the committed vectors are of this maker");
    }

    /** A vector that says something else than what happens is caught. */
    @Test
    void vectorThatLies_isCaught() throws IOException {
        for (TestVector vector : vectors()) {
            for (String lie : EXPECTATIONS) {
                if (!lie.equals(vector.text("expect")) && !vector.text("format").equals("slot")) {
                    TestVector lying = vector.variant(vector.name(), lie, "a lie");
                    assertThrows(Throwable.class, () -> check(lying), vector.name() + " as " + lie);
                }
            }
        }
    }

    private static Set<String> names(List<TestVector> vectors) {
        return vectors.stream().map(TestVector::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static SortedMap<String, String> sums(Path folder) throws IOException, GeneralSecurityException {
        SortedMap<String, String> sums = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                sums.put(String.valueOf(file.getFileName()), HexFormat.of().formatHex(digest));
            }
        }
        return sums;
    }

    private interface Entry {
        void open() throws Exception;
    }

    private static void check(TestVector vector) throws Exception {
        assertTrue(EXPECTATIONS.contains(vector.text("expect")), "the list of expectations is closed");
        assertFalse(vector.text("comment").isBlank(), "a vector says what it is");
        List<Entry> entries = switch (vector.text("format")) {
            case "envelope" -> envelope(vector);
            case "keyring" -> keyring(vector);
            case "slot" -> slot(vector);
            case "recovery-code" -> recoveryCode(vector);
            case "key-file" -> keyFile(vector);
            case "file" -> file(vector);
            default -> throw new IllegalStateException("no such format: " + vector.text("format"));
        };
        for (int i = 0; i < entries.size(); i++) {
            assertEquals(vector.text("expect"), outcome(entries.get(i)), vector.name() + ", entry point " + i);
        }
    }

    /** Anything else that is thrown is a defect whatever the vector says. */
    private static String outcome(Entry entry) throws Exception {
        try {
            entry.open();
            return "opens";
        } catch (IntegrityException e) {
            return "integrity";
        } catch (WrongKeyException e) {
            return "wrong-key";
        } catch (InvalidException e) {
            return "invalid";
        }
    }

    private static Keyring openKeyring(TestVector vector) {
        try (RootKey rootKey = RootKey.of(vector.bytes("rootKey"))) {
            return Keyring.open(rootKey, vector.id("store"), vector.number("generation"), vector.bytes("keyring"));
        }
    }

    private static List<Entry> envelope(TestVector v) {
        assertTrue(Set.of("true", "false").contains(v.text("deleted")));
        Binding binding = new Binding(
                v.text("purpose"),
                v.id("store"),
                v.id("id"),
                v.number("version"),
                v.text("type"),
                v.number("created"),
                Boolean.parseBoolean(v.text("deleted")));
        SealedContent sealed =
                new SealedContent(Math.toIntExact(v.number("kekId")), v.bytes("wrappedDek"), v.bytes("payload"));
        return List.of(
                () -> same(v, Envelope.open(openKeyring(v), binding, sealed, v.name())),
                () -> {
                    Keyring keyring = openKeyring(v);
                    SealedContent moved = Envelope.rewrap(keyring, binding, sealed, v.name());
                    same(v, Envelope.open(keyring, binding, moved, v.name()));
                },
                () -> {
                    Keyring rotating = openKeyring(v).withNewKek();
                    SealedContent moved = Envelope.rewrap(rotating, binding, sealed, v.name());
                    Set<Integer> old = new TreeSet<>(rotating.kekIds());
                    old.remove(rotating.primaryKekId());
                    same(v, Envelope.open(rotating.withoutKeks(old), binding, moved, v.name()));
                });
    }

    private static void same(TestVector v, byte[] content) {
        assertArrayEquals(v.bytes("content"), content);
    }

    private static List<Entry> keyring(TestVector v) {
        return List.of(() -> requireSame(v, openKeyring(v)), () -> {
            Keyring opened = openKeyring(v);
            try (RootKey rootKey = RootKey.random()) {
                byte[] again = opened.seal(rootKey, v.id("store"));
                requireSame(v, Keyring.open(rootKey, v.id("store"), opened.generation(), again));
            }
        });
    }

    private static void requireSame(TestVector v, Keyring keyring) {
        String ids = keyring.kekIds().stream().map(String::valueOf).collect(Collectors.joining(","));
        assertEquals(v.text("kekIds"), ids);
        assertEquals(v.number("generation"), keyring.generation());
        CanonicalBytes message = message(v.bytes("message"));
        assertTrue(keyring.verifies(v.bytes("mac"), message));
        assertArrayEquals(v.bytes("mac"), keyring.mac(message));
        assertArrayEquals(v.bytes("fingerprint"), keyring.fingerprint(message));
        requireLogMacs(v, keyring, message);
    }

    /** Each integrity key verifies the rows of its time, from the one behind the key before to its last. */
    private static void requireLogMacs(TestVector v, Keyring keyring, CanonicalBytes message) {
        long[] last = Stream.of(v.text("lastSequences").split(","))
                .mapToLong(Long::parseLong)
                .toArray();
        List<byte[]> macs = Stream.of(v.text("logMacs").split(","))
                .map(HexFormat.of()::parseHex)
                .toList();
        assertEquals(last.length, macs.size());
        for (int time = 0; time < last.length; time++) {
            long first = time == 0 ? 1 : last[time - 1] + 1;
            for (int signer = 0; signer < last.length; signer++) {
                assertEquals(signer == time, keyring.verifiesLog(first, macs.get(signer), message));
                assertEquals(signer == time, keyring.verifiesLog(last[time], macs.get(signer), message));
            }
            assertEquals(time == last.length - 1, keyring.verifies(macs.get(time), message));
        }
    }

    /** From the bytes, field by field; the first is the purpose. */
    private static CanonicalBytes message(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CanonicalBytes message = CanonicalBytes.forPurpose(new String(next(in), StandardCharsets.UTF_8));
        while (in.hasRemaining()) {
            message.add(next(in));
        }
        return message;
    }

    private static byte[] next(ByteBuffer in) {
        byte[] field = new byte[in.getInt()];
        in.get(field);
        return field;
    }

    private static List<Entry> slot(TestVector v) {
        SlotKind kind = Stream.of(SlotKind.values())
                .filter(candidate -> candidate.text().equals(v.text("kind")))
                .findFirst()
                .orElseThrow();
        KeySlot slot =
                new KeySlot(v.id("id"), kind, v.text("parameters"), v.bytes("wrappedRootKey"), v.bytes("checksum"));
        return List.of(() -> {
            try (Credential credential = credential(v);
                    RootKey rootKey = slot.open(v.id("store"), credential)) {
                assertTrue(slot.mightOpenWith(credential));
                assertArrayEquals(v.bytes("rootKey"), rootKey.bytes());
            }
        });
    }

    private static Credential credential(TestVector v) {
        if (v.has("keyFile")) {
            return KeyFile.parse(v.text("keyFile").getBytes(StandardCharsets.US_ASCII), v.name());
        }
        return v.has("recoveryCode")
                ? RecoveryCode.parse(v.text("recoveryCode").toCharArray())
                : Passphrase.of(v.bytes("passphrase"));
    }

    private static List<Entry> recoveryCode(TestVector v) {
        char[] typed = v.text("typed").toCharArray();
        assertEquals(v.has("bits"), RecoveryCode.looksLikeOne(typed));
        return List.of(() -> {
            try (RecoveryCode code = RecoveryCode.parse(typed)) {
                assertArrayEquals(v.bytes("bits"), code.secret());
            }
        });
    }

    private static List<Entry> keyFile(TestVector v) {
        return List.of(() -> {
            try (KeyFile key = KeyFile.parse(v.bytes("content"), v.name())) {
                assertArrayEquals(v.bytes("key"), key.secret());
                assertEquals(v.text("keyId"), key.keyId());
            }
        });
    }

    private static List<Entry> file(TestVector v) {
        return List.of(() -> {
            try (RootKey rootKey = RootKey.of(v.bytes("rootKey"));
                    FileCipher cipher = FileCipher.unwrap(rootKey, v.bytes("wrappedKey"), v.bytes("header"), v.name());
                    InputStream in = cipher.decrypting(new ByteArrayInputStream(v.bytes("body")), v.bytes("header"))) {
                same(v, in.readAllBytes());
            }
        });
    }
}
