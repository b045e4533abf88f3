package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to S3 for KServe. ZenML first knew {@code storage_type}, {@code credentials} and {@code service_account},
 * later the access key instead; both are kept.
 *
 * <p>KServe's <a href="https://kserve.github.io/website/latest/modelserving/storage/s3/s3/">documentation</a> writes
 * the two switches as {@code 1} and {@code 0}.
 *
 * @param storageType KServe's name for this storage
 * @param credentials an AWS credentials file's text
 * @param serviceAccount the Kubernetes service account
 * @param awsAccessKeyId the access key's public half
 * @param awsSecretAccessKey its secret half
 * @param s3Endpoint the address of the S3 API
 * @param s3Region the region to connect to
 * @param s3UseHttps whether to use TLS: {@code 1}, {@code 0}, {@code true} or {@code false}
 * @param s3VerifySsl whether the server's identity is checked: {@code 1}, {@code 0}, {@code true} or {@code false}
 */
@SchemaType(value = "kserve_s3", description = "access to S3 for KServe")
public record KServeS3(
        @SchemaDefault(value = "S3", only = true) @Nullable SecretValue storageType,
        @Nullable SecretValue credentials,
        @Nullable SecretValue serviceAccount,
        @Nullable SecretValue awsAccessKeyId,
        @Nullable SecretValue awsSecretAccessKey,
        @Nullable SecretValue s3Endpoint,
        @Nullable SecretValue s3Region,
        @Holds(ValueFormat.SWITCH) @Nullable SecretValue s3UseHttps,
        @Holds(ValueFormat.SWITCH) @Nullable SecretValue s3VerifySsl) {}
