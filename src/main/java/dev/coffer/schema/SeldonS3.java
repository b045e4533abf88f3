package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to S3 for Seldon Core, which hands the keys to rclone as environment variables: {@code RCLONE_CONFIG_}, a
 * remote called {@code s3}, and an option of <a href="https://rclone.org/s3/">rclone's S3 backend</a>. Keys and
 * defaults are ZenML's.
 *
 * @param rcloneConfigS3Type rclone's backend
 * @param rcloneConfigS3Provider which of the S3 providers that rclone knows
 * @param rcloneConfigS3EnvAuth whether credentials come from the environment: {@code true} or {@code false}
 * @param rcloneConfigS3AccessKeyId the access key's public half
 * @param rcloneConfigS3SecretAccessKey its secret half
 * @param rcloneConfigS3SessionToken belongs to temporary credentials only
 * @param rcloneConfigS3Region the region to connect to
 * @param rcloneConfigS3Endpoint the address of the S3 API
 */
@SchemaType(value = "seldon_s3", description = "rclone remote for S3, as Seldon Core reads it")
public record SeldonS3(
        @SchemaDefault(value = "s3", only = true) @Nullable SecretValue rcloneConfigS3Type,
        @SchemaDefault("aws") @Nullable SecretValue rcloneConfigS3Provider,

        @SchemaDefault("false") @Holds(ValueFormat.TRUE_OR_FALSE) @Nullable
        SecretValue rcloneConfigS3EnvAuth,

        @Nullable SecretValue rcloneConfigS3AccessKeyId,
        @Nullable SecretValue rcloneConfigS3SecretAccessKey,
        @Nullable SecretValue rcloneConfigS3SessionToken,
        @Nullable SecretValue rcloneConfigS3Region,
        @Nullable SecretValue rcloneConfigS3Endpoint) {}
