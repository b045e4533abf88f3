package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to Azure Blob Storage for KServe. ZenML first knew {@code storage_type} and {@code credentials}, later the
 * service principal instead; both are kept.
 *
 * @param storageType KServe's name for this storage
 * @param credentials the service principal, as JSON
 * @param azureClientId the service principal's application id
 * @param azureClientSecret the service principal's password
 * @param azureTenantId the directory that the service principal is in
 * @param azureSubscriptionId the subscription that pays
 */
@SchemaType(value = "kserve_az", description = "access to Azure Blob Storage for KServe")
public record KServeAz(
        @SchemaDefault(value = "Azure", only = true) @Nullable
        SecretValue storageType,

        @Nullable SecretValue credentials,
        @Nullable SecretValue azureClientId,
        @Nullable SecretValue azureClientSecret,
        @Nullable SecretValue azureTenantId,
        @Nullable SecretValue azureSubscriptionId) {}
