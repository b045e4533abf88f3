package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to Google Cloud Storage for Seldon Core, which hands the keys to rclone as environment variables:
 * {@code RCLONE_CONFIG_}, a remote called {@code gs}, and an option of
 * <a href="https://rclone.org/googlecloudstorage/">rclone's backend</a>. Keys and defaults are ZenML's.
 *
 * @param rcloneConfigGsType rclone's backend
 * @param rcloneConfigGsClientId the OAuth client's id
 * @param rcloneConfigGsClientSecret the OAuth client's secret
 * @param rcloneConfigGsProjectNumber the project
 * @param rcloneConfigGsServiceAccountCredentials the JSON key file of a service account
 * @param rcloneConfigGsAnonymous whether to use no credentials at all: {@code true} or {@code false}
 * @param rcloneConfigGsToken an OAuth access token, as JSON
 * @param rcloneConfigGsAuthUrl the address of the authorization server
 * @param rcloneConfigGsTokenUrl the address that issues tokens
 */
@SchemaType(value = "seldon_gs", description = "rclone remote for Google Cloud Storage, as Seldon Core reads it")
public record SeldonGs(
        @SchemaDefault(value = "google cloud storage", only = true) @Nullable
        SecretValue rcloneConfigGsType,

        @Nullable SecretValue rcloneConfigGsClientId,
        @Nullable SecretValue rcloneConfigGsClientSecret,
        @Nullable SecretValue rcloneConfigGsProjectNumber,
        @Nullable SecretValue rcloneConfigGsServiceAccountCredentials,

        @SchemaDefault("false") @Holds(ValueFormat.TRUE_OR_FALSE) @Nullable
        SecretValue rcloneConfigGsAnonymous,

        @Nullable SecretValue rcloneConfigGsToken,
        @Nullable SecretValue rcloneConfigGsAuthUrl,
        @Nullable SecretValue rcloneConfigGsTokenUrl) {}
