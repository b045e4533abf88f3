package dev.coffer.flavor.vault;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.EndpointAttributes;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Keeps each secret in one entry of a key-value engine of Vault or OpenBao, its keys as they are, so that
 * {@code vault kv get} shows them. Version 2 of the engine compares and sets on every write; version 1 cannot.
 */
public final class VaultFlavor implements SecretsManagerFlavor {
    private final Clock clock;
    private final Map<String, String> environment;
    private final Path userHome;

    /**
     * Makes the flavor.
     *
     * @param clock dates new secrets
     * @param environment as of {@link System#getenv()}: {@code VAULT_ADDR}, {@code VAULT_TOKEN} and so on
     * @param userHome where {@code .vault-token} may be
     */
    public VaultFlavor(Clock clock, Map<String, String> environment, Path userHome) {
        this.clock = clock;
        this.environment = environment;
        this.userHome = userHome;
    }

    @Override
    public String name() {
        return "vault";
    }

    @Override
    public String description() {
        return "keeps secrets in the key-value engine of HashiCorp Vault or OpenBao";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> all = new ArrayList<>();
        all.add(EndpointAttributes.text(
                VaultSettings.URL, null, "the server, with https; else VAULT_ADDR or BAO_ADDR"));
        all.add(EndpointAttributes.text(VaultSettings.MOUNT, "secret", "where the key-value engine is mounted"));
        all.add(EndpointAttributes.number(
                VaultSettings.KV_VERSION, "2", "the version of the key-value engine, 1 or 2"));
        all.add(EndpointAttributes.text(
                VaultSettings.NAMESPACE, null, "the namespace of the server; else VAULT_NAMESPACE or BAO_NAMESPACE"));
        all.add(EndpointAttributes.text(
                VaultSettings.AUTH, "token", "how to log in: token, approle, kubernetes or userpass"));
        all.add(EndpointAttributes.text(
                VaultSettings.AUTH_MOUNT, null, "where that way to log in is mounted, if not under its own name"));
        all.add(EndpointAttributes.sensitive(
                VaultSettings.TOKEN, "the token; else VAULT_TOKEN, BAO_TOKEN or ~/.vault-token"));
        all.add(EndpointAttributes.text(
                VaultSettings.TOKEN_FILE, null, "a file with the token, read again when the token is refused"));
        all.add(EndpointAttributes.text(VaultSettings.ROLE_ID, null, "for approle: the role's id"));
        all.add(EndpointAttributes.sensitive(VaultSettings.SECRET_ID, "for approle: the secret id"));
        all.add(EndpointAttributes.text(VaultSettings.ROLE, null, "for kubernetes: the role"));
        all.add(EndpointAttributes.text(
                VaultSettings.JWT_FILE, null, "for kubernetes: the service account's token, if not in its usual file"));
        all.add(EndpointAttributes.text(VaultSettings.USERNAME, null, "for userpass: the user"));
        all.add(EndpointAttributes.sensitive(VaultSettings.PASSWORD, "for userpass: the password"));
        all.add(EndpointAttributes.text(
                VaultSettings.CA_FILE, null, "certificates to trust, PEM; else VAULT_CACERT, else those of the JDK"));
        all.add(EndpointAttributes.text(VaultSettings.CLIENT_CERT_FILE, null, "the client's certificates, PEM"));
        all.add(EndpointAttributes.text(
                VaultSettings.CLIENT_KEY_FILE, null, "the client's private key, PEM in PKCS #8, not encrypted"));
        all.add(EndpointAttributes.number(VaultSettings.CONNECT_TIMEOUT, "5", "seconds to wait for a connection"));
        all.add(EndpointAttributes.number(VaultSettings.REQUEST_TIMEOUT, "30", "seconds to wait for an answer"));
        all.addAll(SecretScope.attributes());
        return List.copyOf(all);
    }

    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        VaultSettings settings = VaultSettings.of(definition, environment, userHome);
        VaultClient client = new VaultClient(settings, new Pauses(VaultSettings.PROVIDER));
        VaultPaths paths = new VaultPaths(SecretScope.of(definition));
        return settings.kvVersion() == 2
                ? new Kv2SecretsManager(definition, schemas, client, paths, clock)
                : new Kv1SecretsManager(definition, schemas, client, paths, clock);
    }
}
