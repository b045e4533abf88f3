package dev.coffer.flavor.gcp;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.GcpVersions.Current;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.gcp.PerKeyGroups.Read;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * One provider secret for each key, its value the text alone, with the labels of ZenML: {@code zenml-group-key} has the name
 * of the secret, {@code zenml-schema-name} its type.
 *
 * <p>While a secret is registered or deleted, one provider secret more is there, the gate, and the secret is not: so it is
 * never seen in part, and what is left of an interrupted change is cleared away by the next registration. A change at which
 * nothing happens any more loses its gate to the next one, and what it goes on to make does not count. An update is not done
 * in one step: it writes the keys one after the other, and those that are gone last. One that was interrupted is completed by
 * sending it again.
 *
 * <pre>
 * calls for K keys: register 5 + 2K, get 1 + K, update 1 + 2K and 2 for each key that changes or is gone, delete 4 + K,
 * list 1 for each 1,000 provider secrets
 * </pre>
 */
final class PerKeyLayoutSecretsManager extends GcpSecretsManager {
    private final PerKeyGroups groups;

    PerKeyLayoutSecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, GcpClient client, GcpNames names, Clock clock) {
        super(definition, schemas, client, names, clock);
        this.groups = new PerKeyGroups(client, versions, names);
    }

    // Reading

    private Map<String, Read> required(String operation, SecretName name) {
        return required(name, groups.read(operation, groups.find(operation, name)));
    }

    private static Map<String, Read> required(SecretName name, Map<String, Read> found) {
        if (found.isEmpty()) {
            throw new NoSuchSecretException(name);
        }
        return found;
    }

    private static Secret secret(SecretName name, Map<String, Read> found) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        found.forEach((key, read) -> content.put(key, read.value()));
        Meta first = found.values().iterator().next().meta();
        return Secret.ofStored(name, PerKeyGroups.type(first), content, null, PerKeyGroups.created(first), null);
    }

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        return secret(name, required("read secret " + name, name));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return listSecrets().stream().map(SecretSummary::name).toList();
    }

    /** Without reading a value of coffer's own. */
    @Override
    public List<SecretSummary> listSecrets() {
        client.requireOpen();
        String operation = "list the secrets";
        Set<SecretName> hidden = new HashSet<>();
        Map<SecretName, List<Meta>> all = new TreeMap<>();
        client.list(
                operation,
                "labels." + PerKeyGroups.GROUP + ":*",
                meta -> nameOf(meta).ifPresent(name -> {
                    if (groups.isGate(meta)) {
                        hidden.add(name);
                    } else if (groups.key(meta, name).isPresent()) {
                        all.computeIfAbsent(name, any -> new ArrayList<>()).add(meta);
                    }
                }));
        all.keySet().removeAll(hidden);
        List<SecretSummary> found = new ArrayList<>();
        all.forEach((name, metas) -> {
            if (metas.stream().anyMatch(this::isOwned)
                    || metas.stream().anyMatch(meta -> mayBeThere(operation, meta))) {
                Meta first = Collections.min(metas, PerKeyGroups.BY_ORDER);
                found.add(new SecretSummary(name, PerKeyGroups.type(first), null, PerKeyGroups.created(first), null));
            }
        });
        return found;
    }

    private Optional<SecretName> nameOf(Meta meta) {
        String label = meta.labels().getOrDefault(PerKeyGroups.GROUP, "");
        return label.isEmpty() || !names.mayBeKey(meta.id()) ? Optional.empty() : GcpNames.nameOfLabel(label);
    }

    // Registering

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        SecretName name = fit.name();
        requireStorable(fit);
        new PerKeyRegistration(client, versions, names, groups, fit).run(clock.instant());
        return new WriteReceipt(name, null, true);
    }

    /** A secret of four keys takes ten of Google's writes. */
    @Override
    public double writesPerSecond() {
        return WRITES_PER_MINUTE / 60 / 10;
    }

    /** All that Secret Manager would refuse, before anything is asked. */
    @Override
    void requireStorable(Secret secret) {
        SecretName name = secret.name();
        GcpNames.label(name);
        if (secret.content().isEmpty()) {
            throw new InvalidException(
                    "secret " + name + " has no keys, and the layout per-key keeps nothing else",
                    name.value(),
                    "give it a key, or use the layout json");
        }
        secret.content().forEach((key, value) -> {
            names.of(name, key);
            GcpPayload.requireSize(name, value.size());
            if (value.size() == 0) {
                throw new InvalidException(
                        "the key " + key + " of secret " + name
                                + " is empty, and Google's Secret Manager keeps no empty value",
                        name.value(),
                        "use the layout json");
            }
        });
    }

    // Updating

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        requireStorable(fit);
        return replace(fit.name(), stored -> fit);
    }

    /** What is changed is what was read: a change in between is told, and not undone. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        client.requireOpen();
        return replace(name, stored -> schemas.fit(patch.applyTo(stored)));
    }

    private WriteReceipt replace(SecretName name, UnaryOperator<Secret> change) {
        String operation = "update secret " + name;
        Group group = groups.find(operation, name);
        Map<String, Read> found = required(name, groups.readLast(operation, group));
        List<Read> replaced = new ArrayList<>();
        Set<String> gone = new HashSet<>(found.keySet());
        try (Secret stored = secret(name, found)) {
            Secret fit = change.apply(stored);
            requireStorable(fit);
            requireOwned(name, found.values().stream().map(Read::meta).toList());
            gone.removeAll(fit.content().keySet());
            if (stored.sameContentAs(fit)) {
                return new WriteReceipt(name, null, false);
            }
            int next = 1
                    + found.values().stream()
                            .mapToInt(read -> PerKeyGroups.order(read.meta()))
                            .filter(order -> order != Integer.MAX_VALUE)
                            .max()
                            .orElse(-1);
            for (Map.Entry<String, SecretValue> entry : fit.content().entrySet()) {
                Read read = found.get(entry.getKey());
                if (read == null) {
                    make(operation, fit, entry.getKey(), next++, stored, group);
                } else if (change(operation, fit, entry.getKey(), read)) {
                    replaced.add(read);
                }
            }
        }
        found.forEach((key, read) -> {
            if (gone.contains(key)) {
                remove(operation, name, key, read);
            }
        });
        replaced.forEach(read -> read.current() // after all else is done: a right to it may be missing
                .version()
                .ifPresent(version -> versions.retire(
                        "retire the old version of secret " + name + ", which was written",
                        read.meta().id(),
                        version.number())));
        return new WriteReceipt(name, null, true);
    }

    /** Makes the provider secret of a key that is added, and gives it its value. */
    private void make(String operation, Secret secret, String key, int order, Secret stored, Group group) {
        SecretName name = secret.name();
        String id = names.of(name, key);
        Meta first = group.members().values().iterator().next();
        Map<String, String> annotations =
                PerKeyGroups.annotations(secret, key, order, stored.created().orElse(null), PerKeyGroups.origin(first));
        long last = 0;
        if (client.create(operation, id, groups.labels(secret), annotations).isEmpty()) {
            Meta there = client.meta(operation, id).orElseThrow(() -> PerKeyGroups.overtaken(name));
            if (group.strays().contains(there)) {
                if (client.delete(operation, there) == Deleted.OVERTAKEN
                        || client.create(operation, id, groups.labels(secret), annotations)
                                .isEmpty()) {
                    throw PerKeyGroups.overtaken(name);
                }
            } else {
                Current current = versions.last(operation, id); // none if this was interrupted before
                if (!isOwned(there) || current.isThere()) {
                    throw PerKeyGroups.overtaken(name);
                }
                last = current.last();
            }
        }
        groups.add(operation, name, key, id, secret.value(key), last);
    }

    /** Google deletes on a condition, but not on one that versions change. */
    private void remove(String operation, SecretName name, String key, Read read) {
        String id = read.meta().id();
        if (versions.isOvertaken(operation, id, read.current().last())
                || client.delete(operation, read.meta()) == Deleted.OVERTAKEN) {
            throw new ConflictException(
                    "the key " + key + " of secret " + name
                            + " was written by somebody else at the same time, and stays; all else is done",
                    name.value(),
                    "look at it, and remove it again");
        }
    }

    /** Whether the value is another one now. */
    private boolean change(String operation, Secret secret, String key, Read read) {
        SecretName name = secret.name();
        Meta meta = read.meta();
        if (!PerKeyGroups.type(meta).equals(secret.schemaType())
                && client.update(operation, groups.typed(meta, secret)).isEmpty()) {
            throw PerKeyGroups.overtaken(name);
        }
        boolean changed = !secret.value(key).sameAs(read.value());
        if (changed) {
            groups.add(
                    operation,
                    name,
                    key,
                    meta.id(),
                    secret.value(key),
                    read.current().last());
        }
        return changed;
    }

    private void requireOwned(SecretName name, List<Meta> metas) {
        if (!metas.stream().allMatch(this::isOwned)) {
            throw foreign(name);
        }
    }

    // Deleting

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        String operation = "delete secret " + name;
        Group group = groups.find(operation, name);
        for (int attempt = 1; isBeingDeleted(group) && attempt <= Pauses.ATTEMPTS; attempt++) {
            Pauses.before(attempt, Duration.ZERO, client.settings().component()); // somebody may be at it
            group = groups.find(operation, name);
        }
        boolean interrupted = isBeingDeleted(group);
        if (!interrupted && (group.gate().isPresent() || group.members().isEmpty())) {
            throw new NoSuchSecretException(name);
        }
        requireOwned(name, List.copyOf(group.members().values()));
        PerKeyGate gate = interrupted
                ? PerKeyGate.of(group.gate().orElseThrow())
                        .takeOver(client, operation)
                        .orElseThrow(() -> PerKeyGroups.overtaken(name))
                : PerKeyGate.shut(client, names, operation, name, true)
                        .orElseThrow(() -> new NoSuchSecretException(name));
        List<Meta> behind = groups.find(operation, name).all();
        for (Meta meta : behind) {
            if (isOwned(meta) && client.delete(operation, meta) == Deleted.OVERTAKEN) {
                throw PerKeyGroups.overtaken(name); // somebody took the gate over
            }
        }
        client.delete(operation, gate.meta());
        if (behind.isEmpty() && !interrupted) {
            throw new NoSuchSecretException(name); // by somebody else, before the gate was shut
        }
    }

    private static boolean isBeingDeleted(Group group) {
        return group.gate().filter(gate -> PerKeyGate.of(gate).ofDeletion()).isPresent();
    }

    /** What interrupted changes left goes too. */
    @Override
    public void deleteAllSecrets() {
        client.requireOpen();
        String operation = "delete all secrets";
        List<Meta> all = new ArrayList<>();
        client.list(operation, "labels." + PerKeyGroups.GROUP + ":*", meta -> {
            if (isOwned(meta) && nameOf(meta).isPresent()) {
                all.add(meta);
            }
        });
        for (Meta meta : all) {
            if (client.delete(operation, meta) == Deleted.OVERTAKEN) {
                throw new RemoteException(
                        "secrets of " + client.settings().component()
                                + " were changed while all were to be deleted; some are left",
                        client.settings().component(),
                        "try again");
            }
        }
    }

    // Ownership

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        return required("read secret " + name, name).values().stream().allMatch(read -> isOwned(read.meta()));
    }

    /** Puts the labels on; values and ids stay as they are. */
    @Override
    public void adopt(SecretName name) {
        client.requireOpen();
        String operation = "adopt secret " + name;
        required(operation, name).forEach((key, read) -> {
            Meta meta = read.meta();
            if (!isOwned(meta)
                    && client.update(operation, groups.adopted(meta, name, key)).isEmpty()) {
                throw PerKeyGroups.overtaken(name);
            }
        });
    }
}
