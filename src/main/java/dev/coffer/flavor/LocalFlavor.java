package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.vault.Vault;
import java.util.List;

/** Keeps secrets in the encrypted store on this machine: no server, no network, no account. */
public final class LocalFlavor implements Flavor {
    private final Vault vault;

    /** A flavor whose managers share a vault; each sees the secrets of its own component only. */
    public LocalFlavor(Vault vault) {
        this.vault = vault;
    }

    @Override
    public ComponentType type() {
        return ComponentType.SECRETS_MANAGER;
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
        return List.of();
    }

    @Override
    public SecretsManager create(ComponentDefinition definition) {
        return new LocalSecretsManager(definition, vault);
    }
}
