package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.stack.StackFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** How the commands on files of stacks print. */
final class StackFileText {
    private StackFileText() {}

    /** The file as JSON, which {@code stack import} reads too. */
    static void write(JsonGenerator json, StackFile file) throws IOException {
        json.writeStartObject();
        json.writeNumberField("coffer-stack", StackFile.FORMAT);
        json.writeStringField("name", file.name());
        json.writeArrayFieldStart("components");
        for (StackFile.Component component : file.components()) {
            json.writeStartObject();
            json.writeStringField("type", component.type().name());
            json.writeStringField("name", component.name());
            json.writeStringField("flavor", component.flavor());
            if (component.flavorClass().isPresent()) {
                json.writeStringField("flavor-class", component.flavorClass().get());
            }
            json.writeObjectFieldStart("attributes");
            for (Map.Entry<String, String> attribute : component.attributes().entrySet()) {
                json.writeStringField(attribute.getKey(), attribute.getValue());
            }
            json.writeEndObject();
            Json.texts(json, "left-out", component.leftOut());
            json.writeEndObject();
        }
        json.writeEndArray();
        writeNeeds(json, file.secrets());
        json.writeEndObject();
    }

    static void writeNeeds(JsonGenerator json, List<StackFile.Need> needs) throws IOException {
        json.writeArrayFieldStart("secrets");
        for (StackFile.Need need : needs) {
            json.writeStartObject();
            json.writeStringField("name", need.secret().value());
            json.writeStringField("secrets-manager", need.manager());
            if (need.schema().isPresent()) {
                json.writeStringField("schema", need.schema().get());
            }
            Json.texts(json, "keys", need.keys());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Shows a table to whoever watches; standard output is for data. */
    static void talk(Session session, Table table) throws IOException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        table.print(shown);
        session.terminal().talk(shown.toString(StandardCharsets.UTF_8));
    }
}
