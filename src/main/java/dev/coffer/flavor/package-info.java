/**
 * The flavors that coffer brings along, and the registry that finds them and those of others by name. A flavor's
 * secrets manager is seen through {@link dev.coffer.secrets.SecretsManager} alone; its class stays in here.
 */
@NullMarked
package dev.coffer.flavor;

import org.jspecify.annotations.NullMarked;
