package dev.coffer.flavor.azure;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.AttributeDeclaration.Kind;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.EndpointAttributes;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps each secret in one secret of Azure Key Vault: its value is a JSON object with the keys as they are, and tags hold
 * coffer's mark and the schema type. Deleted secrets can be recovered for as long as the vault says.
 *
 * <p>Azure names versions by texts without an order, and cannot write or delete on a condition. So secrets of this flavor
 * have no version, and its managers are no {@link dev.coffer.secrets.ConditionalWrites}; who overwrites what somebody else
 * wrote at the same time is told.
 */
public final class AzureFlavor implements SecretsManagerFlavor {
    private static final String SDK = "com.azure.security.keyvault.secrets.SecretClient";

    private final ClassLoader libraries;

    /** Makes the flavor. */
    public AzureFlavor() {
        this(AzureFlavor.class.getClassLoader());
    }

    /**
     * Makes the flavor for a test.
     *
     * @param libraries where the SDK is looked for
     */
    AzureFlavor(ClassLoader libraries) {
        this.libraries = libraries;
    }

    @Override
    public String name() {
        return "azure";
    }

    @Override
    public String description() {
        return "keeps secrets in Azure Key Vault";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> all = new ArrayList<>();
        all.add(EndpointAttributes.text(
                AzureSettings.VAULT, null, "the key vault's name, as my-vault in https://my-vault.vault.azure.net"));
        all.add(EndpointAttributes.text(
                AzureSettings.VAULT_URL, null, "instead, another server; http:// on this machine alone"));
        all.add(EndpointAttributes.text(
                AzureSettings.PREFIX, null, "what the names of all secrets in Key Vault start with"));
        all.add(EndpointAttributes.text(
                AzureSettings.LAYOUT, "json", "json, or per-key to read what ZenML kept as one secret for each key"));
        all.add(EndpointAttributes.text(
                AzureSettings.TENANT_ID, null, "the tenant that logs in; else the usual places of Azure"));
        all.add(EndpointAttributes.text(
                AzureSettings.CLIENT_ID, null, "the application that logs in, or a managed identity"));
        all.add(EndpointAttributes.sensitive(AzureSettings.CLIENT_SECRET, "the application's secret"));
        all.add(EndpointAttributes.text(
                AzureSettings.AUTHORITY_HOST, null, "the server that logs in, if not Azure's public one"));
        all.add(EndpointAttributes.text(
                AzureSettings.CA_FILE, null, "PEM file of the certificates to trust, instead of Java's own"));
        all.add(new AttributeDeclaration(
                AzureSettings.RESTORE_ON_REGISTER,
                Kind.FLAG,
                false,
                Optional.of("false"),
                "whether registering the name of a deleted secret restores and replaces that one",
                false));
        all.add(EndpointAttributes.number(
                AzureSettings.COMPLETION_TIMEOUT, "60", "seconds to wait until a deletion or recovery is finished"));
        all.add(EndpointAttributes.number(AzureSettings.CONNECT_TIMEOUT, "5", "seconds to wait for a connection"));
        all.add(EndpointAttributes.number(AzureSettings.REQUEST_TIMEOUT, "30", "seconds to wait for an answer"));
        all.addAll(SecretScope.attributes());
        return List.copyOf(all);
    }

    /**
     * As {@link SecretsManagerFlavor#create}.
     *
     * @throws UnsupportedByFlavorException if the Azure SDK is not there
     */
    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        AzureSettings settings = AzureSettings.of(definition);
        try {
            Class.forName(SDK, false, libraries);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new UnsupportedByFlavorException(
                    "the secrets manager " + definition.name()
                            + " is of the flavor azure, whose libraries this distribution of coffer does not have",
                    definition.name(),
                    "install the full distribution; as a library, add com.azure:azure-security-keyvault-secrets and"
                            + " azure-identity");
        }
        AzureClient client = new AzureClient(settings);
        AzureNames names = new AzureNames(settings.prefix(), SecretScope.of(definition));
        return settings.layout() == AzureSettings.Layout.JSON
                ? new AzureSecretsManager(definition, schemas, settings, client, names)
                : new ZenmlKeysSecretsManager(definition, settings, client, new AzureRequests(client, names));
    }
}
