/**
 * Secret schemas: templates with a TYPE that say which keys a secret has. One record for each built-in type, and the
 * catalog that finds them and holds secrets against them. Reading a secret needs none of this; see
 * {@link dev.coffer.secrets.Secret#as(Class)}.
 */
@NullMarked
package dev.coffer.schema;

import org.jspecify.annotations.NullMarked;
