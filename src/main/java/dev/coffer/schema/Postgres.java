package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A login at a PostgreSQL server. The keys are
 * <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS">libpq's connection
 * parameters</a> with {@code dbname} spelled out and underscores between words; certificates and keys are the PEM text
 * itself, not the name of a file.
 *
 * @param host a host name, an address or the directory of a socket
 * @param port a TCP port
 * @param database the database to connect to
 * @param user the database user
 * @param password the user's password
 * @param sslMode how much TLS to ask for, for instance {@code verify-full}
 * @param sslRootCert the certificates of the authorities that the server's may be from
 * @param sslCert the client's certificate
 * @param sslKey the private key of the client's certificate
 */
@SchemaType(value = "postgres", description = "PostgreSQL login, with certificates for TLS")
public record Postgres(
        @Nullable SecretValue host,
        @Nullable SecretValue port,
        @Nullable SecretValue database,
        SecretValue user,
        SecretValue password,
        @Nullable SecretValue sslMode,
        @Nullable SecretValue sslRootCert,
        @Nullable SecretValue sslCert,
        @Nullable SecretValue sslKey) {}
