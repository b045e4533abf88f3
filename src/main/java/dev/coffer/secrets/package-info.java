/**
 * The vocabulary of coffer and the interface that every flavor implements: secrets and their names, the six
 * operations, the optional capabilities, the record store that state is kept in, and the errors. It depends on the
 * JDK and on JSpecify's annotations alone, so that a flavor written by anyone needs nothing else.
 *
 * <p>Where plain text leaves a {@link dev.coffer.secrets.SecretValue}, the method's name starts with
 * {@code reveal}: one text search finds every such place.
 */
@NullMarked
package dev.coffer.secrets;

import org.jspecify.annotations.NullMarked;
