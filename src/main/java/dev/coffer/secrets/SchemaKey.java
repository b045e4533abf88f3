package dev.coffer.secrets;

import java.util.Optional;

/**
 * One key of a schema.
 *
 * @param name the key; see {@link KeyGrammar}
 * @param required whether a secret of the schema cannot do without it
 * @param defaultValue what it is stored with when it is not given; public, never a credential
 * @param only whether the default is the only valid value
 * @param description what the value is, for people; may be empty
 * @param form what the value must be, as the end of a sentence; empty if any text will do
 * @param visible whether the value may be seen while it is typed
 */
public record SchemaKey(
        String name,
        boolean required,
        Optional<String> defaultValue,
        boolean only,
        String description,
        String form,
        boolean visible) {
    /** A key without a description that takes any text, which is not to be seen. */
    public SchemaKey(String name, boolean required, Optional<String> defaultValue, boolean only) {
        this(name, required, defaultValue, only, "", "", false);
    }

    /** The same key with another form. */
    public SchemaKey withForm(String other) {
        return new SchemaKey(name, required, defaultValue, only, description, other, visible);
    }
}
