package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to Google Cloud Storage for KServe. ZenML first knew {@code storage_type}, {@code credentials} and
 * {@code service_account}, later {@code google_application_credentials} instead; both are kept.
 *
 * @param storageType KServe's name for this storage
 * @param credentials the JSON key file of a service account
 * @param serviceAccount the Kubernetes service account
 * @param googleApplicationCredentials the JSON key file of a service account
 */
@SchemaType(value = "kserve_gs", description = "access to Google Cloud Storage for KServe")
public record KServeGs(
        @SchemaDefault(value = "GCS", only = true) @Nullable SecretValue storageType,
        @Nullable SecretValue credentials,
        @Nullable SecretValue serviceAccount,
        @Nullable SecretValue googleApplicationCredentials) {}
