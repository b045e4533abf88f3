package dev.coffer.schema;

import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to Azure Blob Storage for Seldon Core, which hands the keys to rclone as environment variables:
 * {@code RCLONE_CONFIG_}, a remote called {@code azureblob}, and an option of
 * <a href="https://rclone.org/azureblob/">rclone's backend</a>. Keys and defaults are ZenML's.
 *
 * @param rcloneConfigAzureblobType rclone's backend
 * @param rcloneConfigAzureblobAccount the storage account
 * @param rcloneConfigAzureblobKey a key of the storage account
 * @param rcloneConfigAzureblobSasUrl an address with a shared access signature
 * @param rcloneConfigAzureblobUseMsi whether to use a managed identity: {@code true} or {@code false}
 */
@SchemaType(value = "seldon_az", description = "rclone remote for Azure Blob Storage, as Seldon Core reads it")
public record SeldonAz(
        @SchemaDefault(value = "azureblob", only = true) @Nullable
        SecretValue rcloneConfigAzureblobType,

        @Nullable SecretValue rcloneConfigAzureblobAccount,
        @Nullable SecretValue rcloneConfigAzureblobKey,
        @Nullable SecretValue rcloneConfigAzureblobSasUrl,

        @SchemaDefault("false") @Holds(ValueFormat.TRUE_OR_FALSE) @Nullable
        SecretValue rcloneConfigAzureblobUseMsi) {}
