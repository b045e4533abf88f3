/**
 * The flavor {@code vault}: secrets in the key-value engine of HashiCorp Vault or OpenBao, over the HTTP client of the JDK.
 */
@NullMarked
package dev.coffer.flavor.vault;

import org.jspecify.annotations.NullMarked;
