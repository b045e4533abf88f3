package dev.coffer.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.storage.SlotRow;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a backup says before it is unlocked: read as it was written, and nothing else is taken for it. */
class BackupHeaderTest {
    private static final UUID STORE = new UUID(1, 2);
    private static final String START = "{\"store\":\"" + STORE + "\",";
    private static final int MAX_JSON = 1 << 20;

    private static SlotRow slot(int number, String kind) {
        return new SlotRow(
                new UUID(3, number),
                kind,
                "parameters " + number,
                new byte[] {1, (byte) number},
                new byte[] {2, (byte) number},
                "/a/label",
                4,
                5,
                new byte[] {6});
    }

    private static byte[] written(List<SlotRow> slots) {
        return BackupHeader.of(STORE, 7, 8, Instant.EPOCH, slots).bytes();
    }

    private static BackupHeader read(byte[] file) throws IOException {
        return BackupHeader.read(new DataInputStream(new ByteArrayInputStream(file)), "x.coffer");
    }

    private static byte[] file(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(13 + bytes.length)
                .put("COFFERBK".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static void assertRefused(String json) {
        IntegrityException e = assertThrows(IntegrityException.class, () -> read(file(json)), json);
        assertTrue(e.getMessage().contains("x.coffer") && e.getMessage().contains("damaged"), e.getMessage());
    }

    private static String slotJson(String... without) {
        List<String> fields = new ArrayList<>(List.of(
                "\"id\":\"" + new UUID(3, 1) + "\"",
                "\"kind\":\"passphrase\"",
                "\"parameters\":\"p\"",
                "\"wrappedRootKey\":\"00ff\"",
                "\"checksum\":\"01\""));
        fields.removeIf(field -> Arrays.stream(without).anyMatch(field::startsWith));
        return "{" + String.join(",", fields) + "}";
    }

    @Test
    void header_isReadAsItWasWritten_andTheStreamIsLeftBehindIt() throws IOException {
        byte[] bytes = written(List.of(slot(1, "key-file"), slot(2, "recovery-code")));
        byte[] file = Arrays.copyOf(bytes, bytes.length + 1);
        file[bytes.length] = 42;
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
        BackupHeader header = BackupHeader.read(in, "x.coffer");
        assertEquals(42, in.read());
        assertEquals(STORE, header.storeId());
        assertArrayEquals(bytes, header.bytes());
        assertEquals(2, header.slots().size());
        KeySlot first = header.slots().get(0).slot();
        assertEquals(new UUID(3, 1), first.id());
        assertEquals(SlotKind.KEY_FILE, first.kind());
        assertEquals("parameters 1", first.parameters());
        assertArrayEquals(new byte[] {1, 1}, first.wrappedRootKey());
        assertArrayEquals(new byte[] {2, 1}, first.checksum());
        assertEquals(SlotKind.RECOVERY_CODE, header.slots().get(1).slot().kind());
    }

    /** It would name files of the machine that made the backup, to whoever has the file. */
    @Test
    void labels_areNotInIt() throws IOException {
        byte[] bytes = written(List.of(slot(1, "key-file")));
        assertEquals("", read(bytes).slots().get(0).label());
        assertTrue(!new String(bytes, StandardCharsets.UTF_8).contains("/a/label"));
    }

    @Test
    void header_tellsSchemaSequenceAndTime_toWhoeverLooks() {
        String json = new String(written(List.of()), StandardCharsets.UTF_8);
        assertTrue(
                json.endsWith("\"schema\":7,\"sequence\":8,\"created\":\"1970-01-01T00:00:00Z\",\"slots\":[]}"), json);
    }

    @Test
    void slotsOfUnknownKinds_areLeftOut_andUnknownFieldsPassedOver() throws IOException {
        assertEquals(
                List.of(SlotKind.PASSPHRASE),
                read(file(START + "\"new\":{\"a\":[1,{\"b\":2}]},\"slots\":["
                                + slotJson().replace("passphrase", "later") + ","
                                + slotJson().replace("}", ",\"more\":[1],\"flag\":true}") + "],\"end\":null}"))
                        .slots()
                        .stream()
                        .map(labelled -> labelled.slot().kind())
                        .toList());
    }

    @Test
    void slots_moreThanAStoreHas_areRefused() throws IOException {
        List<SlotRow> most = new ArrayList<>();
        for (int i = 0; i < KeySlot.MAX_SLOTS; i++) {
            most.add(slot(i, "passphrase"));
        }
        assertEquals(KeySlot.MAX_SLOTS, read(written(most)).slots().size());
        most.add(slot(0, "passphrase"));
        assertThrows(IntegrityException.class, () -> read(written(most)));
    }

    @Test
    void headerThatIsNotOneObjectOfTheseFields_isRefused() throws IOException {
        String sound = START + "\"slots\":[" + slotJson() + "]}";
        assertEquals(1, read(file(sound)).slots().size());
        for (String json : List.of(
                "[]",
                "{}",
                "{\"slots\":[]}",
                "{\"store\":1}",
                "{\"store\":\"x\"}",
                sound + " 1",
                sound.substring(0, sound.length() - 1),
                START + "\"slots\":{}}",
                START + "\"slots\":[1]}",
                START + "\"slots\":[" + slotJson() + ",1]}",
                START + "\"slots\":[" + slotJson("\"id\"") + "]}",
                START + "\"slots\":[" + slotJson("\"kind\"") + "]}",
                START + "\"slots\":[" + slotJson("\"parameters\"") + "]}",
                START + "\"slots\":[" + slotJson("\"wrappedRootKey\"") + "]}",
                START + "\"slots\":[" + slotJson("\"checksum\"") + "]}",
                START + "\"slots\":[" + slotJson().replace("\"p\"", "1") + "]}",
                START + "\"slots\":[" + slotJson().replace("00ff", "0x") + "]}",
                START + "\"slots\":[" + slotJson().replace("}", ",\"kind\":\"key-file\"}") + "]}",
                START + "\"deep\":[[[[[1]]]]]}")) {
            assertRefused(json);
        }
    }

    @Test
    void length_isHeldAgainstItsLimits_beforeAnythingIsReadByIt() throws IOException {
        String longest = START + "\"x\":\"" + "y".repeat(MAX_JSON - START.length() - 7) + "\"}";
        assertEquals(MAX_JSON, longest.length());
        assertEquals(STORE, read(file(longest)).storeId());
        for (int length : new int[] {MAX_JSON + 1, Integer.MAX_VALUE, 1, 0, -1}) {
            byte[] file = file(longest + "  ");
            ByteBuffer.wrap(file).putInt(9, length);
            IntegrityException e = assertThrows(IntegrityException.class, () -> read(file));
            assertTrue(e.getMessage().endsWith("its header has an impossible length"), e.getMessage());
        }
        IntegrityException e = assertThrows(IntegrityException.class, () -> read(Arrays.copyOf(file(longest), 100)));
        assertTrue(e.getMessage().endsWith("it is cut off"), e.getMessage());
        assertRefused("xx"); // the shortest that is read at all
    }

    @Test
    void otherFormats_areToldApart() {
        byte[] file = file("{}");
        file[8] = 2;
        NewerStoreException e = assertThrows(NewerStoreException.class, () -> read(file));
        assertEquals(ExitCode.NEWER_STORE, e.exitCode());
        assertTrue(e.getMessage().contains("format 2"), e.getMessage());
        file[8] = 0;
        IntegrityException damaged = assertThrows(IntegrityException.class, () -> read(file));
        assertTrue(damaged.getMessage().endsWith("its format is damaged"), damaged.getMessage());
        file[0] = 'c';
        IntegrityException other = assertThrows(IntegrityException.class, () -> read(file));
        assertTrue(other.getMessage().endsWith("it does not start as one"), other.getMessage());
    }
}
