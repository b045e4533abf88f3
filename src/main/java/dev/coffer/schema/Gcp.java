package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;

/**
 * Credentials of Google Cloud. The key is ZenML's, which looked at the token when it was used; coffer does when it is
 * stored.
 *
 * @param token a JSON object, for instance the key file of a service account
 */
@SchemaType(value = "gcp", description = "Google Cloud credentials in JSON")
public record Gcp(@Holds(ValueFormat.JSON_OBJECT) SecretValue token) {}
