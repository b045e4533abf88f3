package dev.coffer.secrets;

import java.util.Optional;

/**
 * One key of a schema.
 *
 * @param name the key; see {@link KeyGrammar}
 * @param required whether a secret of the schema cannot do without it
 * @param defaultValue what it is stored with when it is not given; public, never a credential
 * @param only whether the default is the only valid value
 */
public record SchemaKey(String name, boolean required, Optional<String> defaultValue, boolean only) {}
