package dev.coffer.schema;

import dev.coffer.secrets.SchemaKey;
import java.util.List;

/**
 * What a schema asks of its secrets.
 *
 * @param type the TYPE, as stored with each secret
 * @param description a few words for listings; may be empty
 * @param keys the keys that it names, in the order in which they are shown and asked for
 * @param anyKeys whether a secret may have other keys too
 */
public record SecretSchema(String type, String description, List<SchemaKey> keys, boolean anyKeys) {
    /** Copies the keys. */
    public SecretSchema {
        keys = List.copyOf(keys);
    }
}
