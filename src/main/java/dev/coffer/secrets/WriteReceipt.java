package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/**
 * What a write came to.
 *
 * @param name the secret
 * @param version the version that is current now; null where the flavor counts none
 * @param changed false if the secret was like that already and nothing was written
 */
public record WriteReceipt(SecretName name, @Nullable Long version, boolean changed) {}
