package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A login at a MySQL server. The keys and the default are ZenML's; certificates and keys are the PEM text itself, not
 * the name of a file.
 *
 * @param user the database user
 * @param password the user's password
 * @param sslCa the certificate of the authority that signed the server's
 * @param sslCert the client's certificate
 * @param sslKey the private key of the client's certificate
 * @param sslVerifyServerCert whether the server's identity is checked: {@code true} or {@code false}
 */
@SchemaType(value = "mysql", description = "MySQL login, with certificates for TLS")
public record MySql(
        @Nullable SecretValue user,
        @Nullable SecretValue password,
        @Nullable SecretValue sslCa,
        @Nullable SecretValue sslCert,
        @Nullable SecretValue sslKey,

        @SchemaDefault("false") @Holds(ValueFormat.TRUE_OR_FALSE) @Nullable
        SecretValue sslVerifyServerCert) {}
