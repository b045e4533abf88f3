package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;

/**
 * A user name and a password, as in HTTP's Basic authentication (RFC 7617). The keys are ZenML's.
 *
 * @param username the user
 * @param password the user's password
 */
@SchemaType(value = "basic_auth", description = "user name and password")
public record BasicAuth(SecretValue username, SecretValue password) {}
