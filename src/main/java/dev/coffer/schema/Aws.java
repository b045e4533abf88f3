package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * An access key of Amazon Web Services. The keys are ZenML's; those without {@code aws_} are the names that its later
 * versions take for storage that only speaks S3.
 *
 * @param awsAccessKeyId the access key's public half
 * @param awsSecretAccessKey its secret half
 * @param awsSessionToken belongs to temporary credentials only
 * @param accessKeyId {@code aws_access_key_id} under its generic name
 * @param secretAccessKey {@code aws_secret_access_key} under its generic name
 * @param sessionToken {@code aws_session_token} under its generic name
 */
@SchemaType(value = "aws", description = "AWS access key")
public record Aws(
        SecretValue awsAccessKeyId,
        SecretValue awsSecretAccessKey,
        @Nullable SecretValue awsSessionToken,
        @Nullable SecretValue accessKeyId,
        @Nullable SecretValue secretAccessKey,
        @Nullable SecretValue sessionToken) {}
