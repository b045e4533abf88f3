package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.vault.SlotInfo;
import java.io.IOException;
import java.util.List;

/** How key slots are shown. */
final class Slots {
    private Slots() {}

    static Table table(List<SlotInfo> slots) {
        Table table = new Table("ID", "KIND", "CREATED", "PARAMETERS", "LABEL");
        for (SlotInfo slot : slots) {
            table.row(slot.id(), slot.kind(), Json.time(slot.created()), slot.parameters(), slot.label());
        }
        return table;
    }

    static void write(JsonGenerator json, List<SlotInfo> slots) throws IOException {
        json.writeStartArray();
        for (SlotInfo slot : slots) {
            write(json, slot);
        }
        json.writeEndArray();
    }

    static void write(JsonGenerator json, SlotInfo slot) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", slot.id().toString());
        json.writeStringField("kind", slot.kind());
        json.writeStringField("label", slot.label());
        json.writeStringField("parameters", slot.parameters());
        Json.time(json, "created", slot.created());
        json.writeEndObject();
    }
}
