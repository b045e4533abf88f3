package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Version 1 of the engine, which has no versions, compares nothing and keeps nothing that is deleted. What is read before
 * a write can be changed by somebody else until it is done: of two writers at once the last one wins.
 *
 * <pre>
 * requests: register 2, get 1, update 2, delete 2, list of names 1 for each folder
 * </pre>
 */
final class Kv1SecretsManager extends KvSecretsManager {
    Kv1SecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, VaultClient client, VaultPaths paths, Clock clock) {
        super(definition, schemas, client, paths, clock);
    }

    @Override
    String dataPath(String path) {
        return Exchange.encode(client.settings().mount() + "/" + path);
    }

    @Override
    String listPath(String folder) {
        return dataPath(folder);
    }

    @Override
    boolean worksInside() {
        return true;
    }

    @Override
    List<Need> needs() {
        return List.of(new Need(
                client.settings().mount() + "/" + paths.prefix() + "x",
                Set.of("create", "read", "update", "delete", "list")));
    }

    @Override
    boolean isLive(SecretName name) {
        return true; // nothing else is listed
    }

    /** Version 1 keeps entries under their own path, which Vault's storage refuses if there are two dots in it. */
    private static boolean isStorable(SecretName name) {
        return !name.value().contains("..");
    }

    @Override
    void requireStorable(SecretName name) {
        paths.of(name);
        if (!isStorable(name)) {
            throw new InvalidException(
                    "version 1 of Vault's key-value engine cannot keep a secret " + name
                            + ", which has two dots in a row",
                    name.value(),
                    "choose another name, or version 2 of the engine");
        }
    }

    private Optional<VaultEntry> find(SecretName name) {
        if (!isStorable(name)) {
            return Optional.empty();
        }
        String operation = "read secret " + name;
        VaultAnswer answer = client.get(operation, dataPath(paths.of(name)));
        if (!answer.ok() && !answer.isMissing()) {
            throw client.refused(operation, answer);
        }
        if (answer.ok() && !answer.body().path("data").isObject()) {
            throw client.failed(operation, "the answer is no entry", "check the attributes url and kv-version");
        }
        return Optional.of(answer.body().path("data"))
                .filter(JsonNode::isObject)
                .map(VaultEntry::new);
    }

    private VaultEntry required(SecretName name) {
        return find(name).orElseThrow(() -> new NoSuchSecretException(name));
    }

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        return required(name).toSecret(name, null, null);
    }

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        requireStorable(secret.name());
        if (find(secret.name()).isPresent()) {
            throw new SecretExistsException(secret.name());
        }
        write(secret.name(), VaultEntry.of(fit, clock.instant()));
        return new WriteReceipt(secret.name(), null, true);
    }

    /** Sent once: a second time it could undo what somebody else wrote in between. */
    private void write(SecretName name, ObjectNode data) {
        String operation = "write secret " + name;
        VaultClient.Written written = client.write(operation, "POST", dataPath(paths.of(name)), data);
        if (written.outcome() == VaultClient.Outcome.UNKNOWN) {
            if (seen(written.trouble(), () -> find(name))
                    .filter(entry -> entry.isOf(data))
                    .isEmpty()) {
                throw written.trouble();
            }
        } else if (!written.answer().ok()) {
            throw client.refused(operation, written.answer());
        }
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        VaultEntry entry = owned(secret.name());
        try (Secret current = entry.toSecret(secret.name(), null, null)) {
            if (current.sameContentAs(fit) && current.schemaType().equals(fit.schemaType())) {
                return unchanged(current);
            }
        }
        write(secret.name(), VaultEntry.of(fit, entry.created().orElse(null)));
        return new WriteReceipt(secret.name(), null, true);
    }

    private VaultEntry owned(SecretName name) {
        VaultEntry entry = required(name);
        if (!entry.isOwned()) {
            throw foreign(name);
        }
        return entry;
    }

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        owned(name);
        String operation = "delete secret " + name;
        VaultClient.Written written = client.write(operation, "DELETE", dataPath(paths.of(name)), null);
        if (written.outcome() == VaultClient.Outcome.UNKNOWN) {
            if (seen(written.trouble(), () -> find(name)).isPresent()) {
                throw written.trouble();
            }
        } else if (!written.answer().ok()) {
            throw client.refused(operation, written.answer());
        }
    }

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        return required(name).isOwned();
    }

    @Override
    public void adopt(SecretName name) {
        client.requireOpen();
        VaultEntry entry = required(name);
        if (!entry.isOwned()) {
            requireAdoptable(name, entry);
            write(name, entry.adopted());
        }
    }
}
