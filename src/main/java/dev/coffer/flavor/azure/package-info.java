/**
 * The flavor {@code azure}: secrets in Azure Key Vault, through the Azure SDK over the JDK's HTTP client. Its classes are
 * loaded when an operation first needs them.
 */
@NullMarked
package dev.coffer.flavor.azure;

import org.jspecify.annotations.NullMarked;
