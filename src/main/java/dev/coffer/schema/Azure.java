package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of Azure: of a storage account or of a service principal. ZenML spelled the keys without underscores
 * (zenml#739) and later with them; both spellings are kept as they come.
 *
 * @param accountName the storage account
 * @param accountKey a key of the storage account
 * @param sasToken a shared access signature
 * @param connectionString account, key and endpoint in one text
 * @param clientId the service principal's application id
 * @param clientSecret the service principal's password
 * @param tenantId the directory that the service principal is in
 * @param accountname {@code account_name} in the older spelling
 * @param accountkey {@code account_key} in the older spelling
 * @param sastoken {@code sas_token} in the older spelling
 * @param connectionstring {@code connection_string} in the older spelling
 * @param clientid {@code client_id} in the older spelling
 * @param clientsecret {@code client_secret} in the older spelling
 * @param tenantid {@code tenant_id} in the older spelling
 */
@SchemaType(value = "azure", description = "Azure storage account or service principal")
public record Azure(
        @Nullable SecretValue accountName,
        @Nullable SecretValue accountKey,
        @Nullable SecretValue sasToken,
        @Nullable SecretValue connectionString,
        @Nullable SecretValue clientId,
        @Nullable SecretValue clientSecret,
        @Nullable SecretValue tenantId,
        @Nullable SecretValue accountname,
        @Nullable SecretValue accountkey,
        @Nullable SecretValue sastoken,
        @Nullable SecretValue connectionstring,
        @Nullable SecretValue clientid,
        @Nullable SecretValue clientsecret,
        @Nullable SecretValue tenantid) {}
