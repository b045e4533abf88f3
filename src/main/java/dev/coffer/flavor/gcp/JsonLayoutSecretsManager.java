package dev.coffer.flavor.gcp;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.gcp.GcpClient.Added;
import dev.coffer.flavor.gcp.GcpClient.Current;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One provider secret for each secret. Registering takes two steps, the provider secret and its first version: one without
 * versions is not there, and registering it again completes it. Of several that register one name at once, or complete it,
 * the one that added the first version has won, and the others destroy theirs.
 *
 * <p>Secret Manager does not compare before it adds a version. It numbers them: a number other than the next one says that
 * somebody else wrote too, which is told. The numbers are not those of coffer's secrets, as they begin again with a name that
 * is deleted and registered anew.
 *
 * <pre>
 * calls: register 3, get 1, update 4 (old-versions=keep: 3), delete 2, list of N names 1 for each 1,000 of the project
 * </pre>
 */
final class JsonLayoutSecretsManager extends GcpSecretsManager {
    JsonLayoutSecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, GcpClient client, GcpNames names, Clock clock) {
        super(definition, schemas, client, names, clock);
    }

    // Reading

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        String operation = "read secret " + name;
        Current current = client.current(operation, names.of(name));
        return payload(name, operation, current)
                .orElseThrow(() -> new NoSuchSecretException(name))
                .toSecret(name);
    }

    private Optional<GcpPayload> payload(SecretName name, String operation, Current current) {
        if (current.disabled()) {
            throw client.failed(
                    operation,
                    "the latest version is disabled",
                    "enable it, or delete the secret and register it anew");
        }
        return current.version()
                .map(version -> GcpPayload.read(version.value())
                        .orElseThrow(() -> client.failed(
                                operation, "the value of " + name + " is no text", "read it with another tool")));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        client.requireOpen();
        TreeSet<SecretName> found = new TreeSet<>();
        List<Meta> unsure = new ArrayList<>();
        client.list(
                "list the secrets",
                "",
                meta -> names.nameAt(meta.id()).ifPresent(name -> {
                    if (isOwned(meta) && !meta.annotations().containsKey(GcpClient.REGISTERING)) {
                        found.add(name);
                    } else {
                        unsure.add(meta);
                    }
                }));
        for (Meta meta : unsure) {
            Current current = client.current("list the secrets", meta.id());
            if (current.version().isPresent() || current.disabled()) {
                names.nameAt(meta.id()).ifPresent(found::add);
            }
        }
        return new ArrayList<>(found);
    }

    // Writing

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        SecretName name = fit.name();
        String id = names.of(name);
        Instant now = clock.instant();
        GcpPayload payload = GcpPayload.of(fit, now, now);
        byte[] bytes = payload.bytes(name);
        String operation = "register secret " + name;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Meta> made = client.create(
                    operation,
                    id,
                    Map.of(MARK, names.mark()),
                    Map.of(
                            NAME,
                            name.value(),
                            GcpClient.REGISTERING,
                            UUID.randomUUID().toString()));
            Optional<Half> half =
                    made.isPresent() ? Optional.of(new Half(made.get(), 0)) : incomplete(operation, name, id);
            if (half.isPresent() && complete(operation, name, half.get(), payload, bytes)) {
                return new WriteReceipt(name, null, true);
            }
        }
        throw overtaken(name);
    }

    /** A provider secret without a value, and the number of its last version, which somebody destroyed. */
    private record Half(Meta meta, long last) {}

    /** What another registration began; empty if it is gone. It gets a moment to end by itself. */
    private Optional<Half> incomplete(String operation, SecretName name, String id) {
        for (int attempt = 1; ; attempt++) {
            Optional<Meta> meta = client.meta(operation, id);
            Current current = client.current(operation, id);
            if (current.version().isPresent() || current.disabled()) {
                throw new SecretExistsException(name);
            }
            if (meta.isEmpty()) {
                return Optional.empty();
            }
            if (!isOwned(meta.get())) {
                throw foreign(name);
            }
            if (attempt == Pauses.ATTEMPTS || !meta.get().annotations().containsKey(GcpClient.REGISTERING)) {
                return Optional.of(new Half(meta.get(), current.last()));
            }
            Pauses.before(attempt, Duration.ZERO, client.settings().component());
        }
    }

    /** Adds the first version. False if the provider secret was deleted meanwhile. */
    private boolean complete(String operation, SecretName name, Half half, GcpPayload payload, byte[] bytes) {
        String id = half.meta().id();
        Optional<Added> added = client.add(operation, id, bytes, half.last(), isOurs(payload));
        if (added.isEmpty()) {
            return false;
        }
        if (added.get().overtaken()) {
            client.destroy(operation, id, added.get().number());
            throw new SecretExistsException(name);
        }
        settle(operation, half.meta());
        return true;
    }

    /** Takes the note away by which a listing looks whether there is a value. It may stay: then the listing looks. */
    private void settle(String operation, Meta meta) {
        if (meta.annotations().containsKey(GcpClient.REGISTERING)) {
            Map<String, String> annotations = new HashMap<>(meta.annotations());
            annotations.remove(GcpClient.REGISTERING);
            try {
                client.update(operation, new Meta(meta.id(), meta.labels(), annotations, meta.etag()));
            } catch (RemoteException e) {
                // The secret is registered all the same.
            }
        }
    }

    private static Predicate<byte[]> isOurs(GcpPayload payload) {
        return value ->
                GcpPayload.read(value).filter(found -> found.isOf(payload)).isPresent();
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        return replace(fit.name(), stored -> fit);
    }

    /** What is changed is what was read: a change in between is told, and not undone. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        client.requireOpen();
        return replace(name, stored -> schemas.fit(patch.applyTo(stored)));
    }

    private WriteReceipt replace(SecretName name, UnaryOperator<Secret> next) {
        String id = names.of(name);
        String operation = "update secret " + name;
        Current current = client.current(operation, id);
        GcpPayload old = payload(name, operation, current).orElseThrow(() -> new NoSuchSecretException(name));
        Meta meta = owned(operation, name, id);
        Instant now = clock.instant();
        GcpPayload payload;
        try (Secret stored = old.toSecret(name)) {
            Secret fit = next.apply(stored);
            if (stored.sameContentAs(fit)) {
                return new WriteReceipt(name, null, false);
            }
            payload = GcpPayload.of(fit, old.created().orElse(now), now);
        }
        Added added = client.add(operation, id, payload.bytes(name), current.last(), isOurs(payload))
                .orElseThrow(() -> new NoSuchSecretException(name));
        if (added.overtaken()) {
            throw new ConflictException(
                    "secret " + name + " was written by somebody else at the same time; what coffer wrote is version "
                            + added.number() + " at Google and the current one, and the other change is before it",
                    name.value(),
                    "look at both, and write what they should be");
        }
        settle(operation, meta);
        current.version().ifPresent(version -> retire(name, id, version.number(), added.number()));
        return new WriteReceipt(name, null, true);
    }

    private void retire(SecretName name, String id, long old, long written) {
        try {
            client.retire("retire the old version of secret " + name, id, old);
        } catch (RemoteException e) {
            throw new RemoteException(
                    "secret " + name + " was written as version " + written + " at Google, but: " + e.getMessage(),
                    name.value(),
                    e.hint().orElse(null));
        }
    }

    private Meta owned(String operation, SecretName name, String id) {
        Meta meta = client.meta(operation, id).orElseThrow(() -> new NoSuchSecretException(name));
        if (!isOwned(meta)) {
            throw foreign(name);
        }
        return meta;
    }

    private static ConflictException overtaken(SecretName name) {
        return new ConflictException(
                "secret " + name + " is changed by others again and again; nothing was written",
                name.value(),
                "try again");
    }

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        String id = names.of(name);
        String operation = "delete secret " + name;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Meta meta = client.meta(operation, id).orElseThrow(() -> new NoSuchSecretException(name));
            boolean isThere = isOwned(meta) && !meta.annotations().containsKey(GcpClient.REGISTERING);
            if (!isThere && !isLive(operation, id)) {
                throw new NoSuchSecretException(name);
            }
            if (!isOwned(meta)) {
                throw foreign(name);
            }
            switch (client.delete(operation, meta)) {
                case DONE -> {
                    return;
                }
                case MISSING -> throw new NoSuchSecretException(name);
                case OVERTAKEN -> {}
            }
        }
        throw overtaken(name);
    }

    private boolean isLive(String operation, String id) {
        Current current = client.current(operation, id);
        return current.version().isPresent() || current.disabled();
    }

    /** What a registration that was interrupted left goes too. */
    @Override
    public void deleteAllSecrets() {
        client.requireOpen();
        String operation = "delete all secrets";
        List<Meta> all = new ArrayList<>();
        client.list(operation, "", meta -> {
            if (isOwned(meta) && names.nameAt(meta.id()).isPresent()) {
                all.add(meta);
            }
        });
        for (Meta meta : all) {
            if (client.delete(operation, meta) == GcpClient.Deleted.OVERTAKEN) {
                names.nameAt(meta.id()).ifPresent(this::deleteIfThere);
            }
        }
    }

    private void deleteIfThere(SecretName name) {
        try {
            deleteSecret(name);
        } catch (NoSuchSecretException e) {
            // By somebody else.
        }
    }

    // Ownership

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        return isOwned(live("read secret " + name, name));
    }

    private Meta live(String operation, SecretName name) {
        String id = names.of(name);
        Meta meta = client.meta(operation, id).orElseThrow(() -> new NoSuchSecretException(name));
        if (!isLive(operation, id)) {
            throw new NoSuchSecretException(name);
        }
        return meta;
    }

    /** Puts the label on; the value stays as it is, for the tools that go on reading it. */
    @Override
    public void adopt(SecretName name) {
        client.requireOpen();
        String operation = "adopt secret " + name;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Meta meta = live(operation, name);
            if (isOwned(meta)) {
                return;
            }
            Map<String, String> labels = new HashMap<>(meta.labels());
            labels.put(MARK, names.mark());
            Map<String, String> annotations = new HashMap<>(meta.annotations());
            annotations.put(NAME, name.value());
            if (client.update(operation, new Meta(meta.id(), labels, annotations, meta.etag()))) {
                return;
            }
        }
        throw overtaken(name);
    }
}
