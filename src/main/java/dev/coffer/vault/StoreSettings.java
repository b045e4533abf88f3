package dev.coffer.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.storage.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The user's settings in {@code config.json}, a JSON object. All are optional:
 *
 * <ul>
 *   <li>{@code keepVersions}: how many versions of each secret are kept, 1 or more; absent keeps all
 * </ul>
 *
 * @param keepVersions as above
 */
public record StoreSettings(OptionalInt keepVersions) {
    private static final int MAX_BYTES = 1 << 16;

    /**
     * Reads the settings; without a file, all are absent.
     *
     * @throws InvalidException if the file is no such object
     */
    public static StoreSettings read(Path file) {
        if (!PrivateFiles.exists(file)) {
            return new StoreSettings(OptionalInt.empty());
        }
        OptionalInt keepVersions = OptionalInt.empty();
        try (JsonParser json = new JsonFactory().createParser(PrivateFiles.read(file, MAX_BYTES))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refused(file, "it is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (!name.equals("keepVersions")) {
                    throw refused(file, "there is no setting " + Printable.quote(name));
                }
                if (keepVersions.isPresent()) {
                    throw refused(file, "keepVersions is there twice");
                }
                if (json.nextToken() != JsonToken.VALUE_NUMBER_INT || json.getIntValue() < 1) {
                    throw refused(file, "keepVersions is a whole number from 1 on");
                }
                keepVersions = OptionalInt.of(json.getIntValue());
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw refused(file, "it is not one JSON object");
            }
        } catch (IOException e) {
            throw refused(file, "it is not JSON");
        }
        return new StoreSettings(keepVersions);
    }

    private static InvalidException refused(Path file, String why) {
        return new InvalidException(
                "the settings in " + file + " cannot be used: " + why, file.toString(), "mend the file or remove it");
    }
}
