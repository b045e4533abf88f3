package dev.coffer.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.storage.SlotRow;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a backup file says before it is unlocked. The file:
 *
 * <pre>
 *  8 bytes  COFFERBK
 *  1 byte   format, 1
 *  4 bytes  length n of the header, big-endian, at most 1 MiB
 *  n bytes  header, a JSON object: store, schema, sequence, created, slots [{id, kind, parameters, wrappedRootKey,
 *           checksum}]; bytes in hexadecimal, created in RFC 3339; fields that are not known are passed over
 * 60 bytes  key of the body, encrypted under the root key, bound to all bytes above
 *    rest   body: the database as SQLite's VACUUM INTO writes it, encrypted as a stream, bound to all bytes above
 * </pre>
 *
 * @param bytes magic, format, length and header, as they stand in the file
 * @param storeId the store
 * @param slots its key slots
 */
record BackupHeader(byte[] bytes, UUID storeId, List<Unlocking.LabelledSlot> slots) {
    static final int WRAPPED_KEY_BYTES = 60;

    private static final byte[] MAGIC = {'C', 'O', 'F', 'F', 'E', 'R', 'B', 'K'};
    private static final byte FORMAT = 1;
    private static final int MAX_HEADER_BYTES = 1 << 20;
    private static final List<String> SLOT_FIELDS = List.of("id", "kind", "parameters", "wrappedRootKey", "checksum");

    /**
     * The header of a new backup.
     *
     * @param schema of the database in it
     * @param sequence of the last row of its log
     */
    static BackupHeader of(UUID storeId, int schema, long sequence, Instant created, List<SlotRow> slots) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
                out.writeStartObject();
                out.writeStringField("store", storeId.toString());
                out.writeNumberField("schema", schema);
                out.writeNumberField("sequence", sequence);
                out.writeStringField("created", created.toString());
                out.writeArrayFieldStart("slots");
                for (SlotRow slot : slots) {
                    out.writeStartObject();
                    out.writeStringField("id", slot.id().toString());
                    out.writeStringField("kind", slot.kind());
                    out.writeStringField("parameters", slot.parameters());
                    out.writeStringField("wrappedRootKey", HexFormat.of().formatHex(slot.wrappedRootKey()));
                    out.writeStringField("checksum", HexFormat.of().formatHex(slot.checksum()));
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeEndObject();
            }
            DataOutputStream data = new DataOutputStream(all);
            data.write(MAGIC);
            data.writeByte(FORMAT);
            data.writeInt(json.size());
            json.writeTo(data);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return new BackupHeader(all.toByteArray(), storeId, OpenStore.labelled(slots));
    }

    /**
     * Reads the header and leaves the stream behind it.
     *
     * @throws IntegrityException if it is none
     */
    static BackupHeader read(DataInputStream in, String file) throws IOException {
        byte[] magic = in.readNBytes(MAGIC.length);
        int format = in.read();
        if (!Arrays.equals(magic, MAGIC)) {
            throw refused(file, "it does not start as one");
        }
        if (format > FORMAT) {
            throw new NewerStoreException(
                    file + " is a backup of format " + format + "; this coffer knows formats up to " + FORMAT,
                    file,
                    "use the newer coffer that wrote it");
        }
        if (format != FORMAT) {
            throw refused(file, "its format is damaged");
        }
        byte[] lengthBytes = in.readNBytes(Integer.BYTES);
        int length = lengthBytes.length == Integer.BYTES
                ? java.nio.ByteBuffer.wrap(lengthBytes).getInt()
                : -1;
        if (length < 2 || length > MAX_HEADER_BYTES) { // before the array is made
            throw refused(file, "its header has an impossible length");
        }
        byte[] json = in.readNBytes(length);
        if (json.length != length) {
            throw refused(file, "it is cut off");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(MAGIC);
        all.write(FORMAT);
        all.writeBytes(lengthBytes);
        all.writeBytes(json);
        try {
            return parse(json, all.toByteArray());
        } catch (IOException | IllegalArgumentException e) {
            throw refused(file, "its header is damaged");
        }
    }

    private static BackupHeader parse(byte[] json, byte[] all) throws IOException {
        UUID storeId = null;
        List<Unlocking.LabelledSlot> slots = new ArrayList<>();
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(4).build())
                .build();
        try (JsonParser in = factory.createParser(json)) {
            expect(in.nextToken() == JsonToken.START_OBJECT);
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                if (field.equals("store")) {
                    expect(in.nextToken() == JsonToken.VALUE_STRING);
                    storeId = UUID.fromString(in.getText());
                } else if (!field.equals("slots")) {
                    in.nextToken();
                    in.skipChildren();
                } else {
                    expect(in.nextToken() == JsonToken.START_ARRAY);
                    while (in.nextToken() == JsonToken.START_OBJECT) {
                        readSlot(in, slots);
                    }
                    expect(in.currentToken() == JsonToken.END_ARRAY);
                }
            }
            expect(in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null);
        }
        if (storeId == null) {
            throw new IOException("no store");
        }
        return new BackupHeader(all, storeId, slots);
    }

    private static void readSlot(JsonParser in, List<Unlocking.LabelledSlot> slots) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            if (in.nextToken() == JsonToken.VALUE_STRING) {
                expect(fields.put(field, in.getText()) == null);
            } else {
                in.skipChildren();
            }
        }
        expect(in.currentToken() == JsonToken.END_OBJECT
                && fields.keySet().containsAll(SLOT_FIELDS)
                && slots.size() < KeySlot.MAX_SLOTS);
        for (SlotKind kind : SlotKind.values()) {
            if (kind.text().equals(fields.get("kind"))) {
                slots.add(new Unlocking.LabelledSlot(
                        new KeySlot(
                                UUID.fromString(fields.getOrDefault("id", "")),
                                kind,
                                fields.getOrDefault("parameters", ""),
                                HexFormat.of().parseHex(fields.getOrDefault("wrappedRootKey", "")),
                                HexFormat.of().parseHex(fields.getOrDefault("checksum", ""))),
                        ""));
            }
        }
    }

    private static void expect(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("unexpected header");
        }
    }

    private static IntegrityException refused(String file, String why) {
        return new IntegrityException(file + " is not a sound coffer backup: " + why, file, "use another backup");
    }
}
