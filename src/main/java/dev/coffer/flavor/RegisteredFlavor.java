package dev.coffer.flavor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.ExtensionRecords;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.StoredRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is stored of a flavor that was registered. To list it, none of its code is run.
 *
 * @param type the type of its components
 * @param name its name, as its class told when it was registered
 * @param className its class
 * @param jar the SHA-256 of the jar that the class is from; empty if it is on the class path
 * @param description one sentence, as its class told
 */
public record RegisteredFlavor(
        ComponentType type, String name, String className, Optional<String> jar, String description) {
    static final String KIND = ExtensionRecords.FLAVOR;

    private static final JsonMapper JSON = new JsonMapper();

    static String recordName(ComponentType type, String name) {
        return type.name() + "/" + name;
    }

    byte[] encode() {
        ObjectNode json = JSON.createObjectNode()
                .put("type", type.name())
                .put("name", name)
                .put("class", className)
                .put("description", description);
        jar.ifPresent(hash -> json.put("jar", hash));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    static RegisteredFlavor decode(StoredRecord stored) {
        try {
            JsonNode json = JSON.readTree(stored.body());
            RegisteredFlavor flavor = new RegisteredFlavor(
                    new ComponentType(json.path("type").asText()),
                    json.path("name").asText(),
                    json.path("class").asText(),
                    Optional.ofNullable(json.path("jar").textValue()),
                    json.path("description").asText());
            if (stored.name().equals(recordName(flavor.type, flavor.name))) {
                return flavor;
            }
        } catch (IOException | IllegalArgumentException e) {
            // told below: what is in the record must not become part of an error
        }
        String name = Printable.text(stored.name());
        throw new IntegrityException("the flavor " + name + " is not stored as coffer writes it", name, null);
    }
}
