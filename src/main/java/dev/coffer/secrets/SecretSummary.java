package dev.coffer.secrets;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a listing says of a secret: no keys, no values.
 *
 * @param name the secret
 * @param schemaType its schema's TYPE
 * @param version the current version; null where the flavor counts none
 * @param created when it was first registered; null where that is not known
 * @param updated when the current version was written; null where that is not known
 */
public record SecretSummary(
        SecretName name,
        String schemaType,
        @Nullable Long version,
        @Nullable Instant created,
        @Nullable Instant updated) {
    /** What a listing says of this secret. */
    public static SecretSummary of(Secret secret) {
        return new SecretSummary(
                secret.name(),
                secret.schemaType(),
                secret.version().orElse(null),
                secret.created().orElse(null),
                secret.updated().orElse(null));
    }
}
