package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.vault.Vault;
import java.util.List;

/** Keeps secrets in the encrypted store on this machine: no server, no network, no account. */
public final class LocalFlavor implements SecretsManagerFlavor {
    private final Vault vault;

    /** A flavor whose managers share a vault; each sees the secrets of its own {@link SecretScope} only. */
    public LocalFlavor(Vault vault) {
        this.vault = vault;
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public String description() {
        return "keeps secrets encrypted in the store on this machine; needs no server, network or account";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        return SecretScope.attributes();
    }

    /** The vault holds secrets against its own schemas, within the transaction that writes. */
    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        return new LocalSecretsManager(definition, vault);
    }
}
