package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A token that a web API takes as proof of who calls, for instance as a bearer token (RFC 6750).
 *
 * @param token the token
 * @param url the address of the API
 * @param username the user whom the token belongs to, for APIs that ask for both
 */
@SchemaType(value = "api_token", description = "token of a web API")
public record ApiToken(
        SecretValue token,
        @Nullable SecretValue url,
        @Nullable SecretValue username) {}
