package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and the private key that belongs to it, in the PEM format of RFC 7468.
 *
 * @param certificate the certificate, followed by those in between up to its authority, if any
 * @param privateKey the private key
 * @param caCertificate the certificate of the authority
 * @param passphrase what the private key is encrypted with
 */
@SchemaType(value = "tls_certificate", description = "TLS certificate and its private key")
public record TlsCertificate(
        SecretValue certificate,
        SecretValue privateKey,
        @Nullable SecretValue caCertificate,
        @Nullable SecretValue passphrase) {}
