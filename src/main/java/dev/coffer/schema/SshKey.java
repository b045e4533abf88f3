package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A key pair for SSH, in the formats that ssh-keygen(1) writes.
 *
 * @param privateKey the text of the private key's file, with its last line end
 * @param publicKey the line of the public key's file
 * @param passphrase what the private key is encrypted with
 * @param username the user to log in as
 * @param host the machine to log in to
 * @param port the TCP port of its SSH server
 * @param knownHosts lines of a known_hosts file that say which keys the machine has
 */
@SchemaType(value = "ssh_key", description = "SSH key pair")
public record SshKey(
        SecretValue privateKey,
        @Nullable SecretValue publicKey,
        @Nullable SecretValue passphrase,
        @Nullable SecretValue username,
        @Nullable SecretValue host,
        @Nullable SecretValue port,
        @Nullable SecretValue knownHosts) {}
