package dev.coffer.flavor.gcp;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.gcp.PerKeyGroups.Read;
import dev.coffer.flavor.gcp.PerKeyUpdate.Updated;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
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
 * <p>While a secret is registered or deleted, one provider secret more is there, the gate, and the secret is not (unless it is
 * only compared yet): so it is never seen in part, and what is left of an interrupted change is cleared away by the next registration. A change at which
 * nothing happens any more loses its gate to the next one, and what it goes on to make does not count. An update is not done
 * in one step: it writes the keys one after the other, and those that are gone last. One that was interrupted is completed by
 * sending it again.
 *
 * <pre>
 * calls for K keys: register 5 + 2K, get 1 + K, update 1 + 2K and 2 for each key that changes or is gone, delete 4 + K,
 * list 1 for each 1,000 provider secrets; of a certain revision: update 2 more for each key that changes, delete 5 + 5K
 * </pre>
 */
final class PerKeyLayoutSecretsManager extends GcpSecretsManager implements Revisions {
    private static final String LIST = "list the secrets";

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

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        return PerKeyGroups.secret(name, required("read secret " + name, name));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return listSecrets().stream().map(SecretSummary::name).toList();
    }

    /** Without reading a value of coffer's own. */
    @Override
    public List<SecretSummary> listSecrets() {
        client.requireOpen();
        List<SecretSummary> found = new ArrayList<>();
        listed().forEach((name, metas) -> {
            Meta first = Collections.min(metas, PerKeyGroups.BY_ORDER);
            found.add(new SecretSummary(name, PerKeyGroups.type(first), null, PerKeyGroups.created(first), null));
        });
        return found;
    }

    /** The provider secrets of each secret that is there, by name. */
    private Map<SecretName, List<Meta>> listed() {
        Set<SecretName> hidden = new HashSet<>();
        Map<SecretName, List<Meta>> all = new TreeMap<>();
        client.list(
                LIST,
                "labels." + PerKeyGroups.GROUP + ":*",
                meta -> nameOf(meta).ifPresent(name -> {
                    if (groups.isGate(meta)) {
                        if (!PerKeyGate.of(meta).ofComparison()) {
                            hidden.add(name);
                        }
                    } else if (groups.key(meta, name).isPresent()) {
                        all.computeIfAbsent(name, any -> new ArrayList<>()).add(meta);
                    }
                }));
        all.keySet().removeAll(hidden);
        all.values()
                .removeIf(metas -> metas.stream().noneMatch(this::isOwned)
                        && metas.stream().noneMatch(meta -> mayBeThere(LIST, meta)));
        return all;
    }

    private Optional<SecretName> nameOf(Meta meta) {
        String label = meta.labels().getOrDefault(PerKeyGroups.GROUP, "");
        return label.isEmpty() || !names.mayBeKey(meta.id()) ? Optional.empty() : GcpNames.nameOfLabel(label);
    }

    // Revisions

    /** A listing tells no versions: each key has to be read. Of secrets with keys of others it does not tell whose they are. */
    @Override
    public List<RevisionEntry> listRevisions() {
        client.requireOpen();
        List<RevisionEntry> found = new ArrayList<>();
        listed().forEach((name, metas) -> {
            long own = metas.stream().filter(this::isOwned).count();
            found.add(new RevisionEntry(
                    name, Optional.empty(), own == 0 || own == metas.size() ? Optional.of(own > 0) : Optional.empty()));
        });
        return found;
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        return found(name, Map.of());
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name, String seen) {
        return found(name, PerKeyRevision.versions(seen));
    }

    private Optional<RevisionEntry> found(SecretName name, Map<String, Long> seen) {
        client.requireOpen();
        String operation = "read secret " + name;
        Group group = groups.find(operation, name, seen.keySet());
        Map<String, Read> found = groups.read(operation, group, seen);
        found.values().forEach(read -> read.value().close());
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new RevisionEntry(name, Optional.of(revision(found)), Optional.of(isOwned(found, group))));
    }

    @Override
    public Revised getRevised(SecretName name) {
        return revised(name, Map.of());
    }

    /** Of what Google tells, only the version of a certain number is never behind. The type of a secret may be. */
    @Override
    public Revised getRevised(SecretName name, String seen) {
        return revised(name, PerKeyRevision.versions(seen));
    }

    private Revised revised(SecretName name, Map<String, Long> seen) {
        client.requireOpen();
        Map<String, Read> found = required(name, read("read secret " + name, name, seen));
        return new Revised(PerKeyGroups.secret(name, found), revision(found));
    }

    /** The keys that have a value, and none from before the versions that were seen; none if the secret is not there. */
    private Map<String, Read> read(String operation, SecretName name, Map<String, Long> seen) {
        return groups.read(operation, groups.find(operation, name, seen.keySet()), seen);
    }

    private static String revision(Map<String, Read> found) {
        return PerKeyRevision.of(found.values().stream().map(Read::part).toList());
    }

    // Registering

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        registerRevised(secret);
        return new WriteReceipt(secret.name(), null, true);
    }

    @Override
    public String registerRevised(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        requireStorable(fit);
        return new PerKeyRegistration(client, versions, names, groups, fit).run(clock.instant());
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
        Updated updated = replace(fit.name(), Optional.empty(), stored -> fit);
        return new WriteReceipt(fit.name(), null, updated.changed());
    }

    /** What is changed is what was read: a change in between is told, and not undone. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        client.requireOpen();
        Updated updated = replace(name, Optional.empty(), stored -> schemas.fit(patch.applyTo(stored)));
        return new WriteReceipt(name, null, updated.changed());
    }

    /** In one of Google's calls for each key: what can be compared there is said at {@link PerKeyUpdate}. */
    @Override
    public String updateRevised(Secret secret, String expected) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        requireStorable(fit);
        return replace(fit.name(), Optional.of(expected), stored -> fit).revision();
    }

    private Updated replace(SecretName name, Optional<String> expected, UnaryOperator<Secret> change) {
        return new PerKeyUpdate(client, versions, names, groups, name, expected).run(stored -> {
            Secret next = change.apply(stored);
            requireStorable(next);
            return next;
        });
    }

    // Deleting

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        new PerKeyDeletion(client, versions, names, groups, name).run();
    }

    /** What can be compared there is said at {@link PerKeyDeletion}. */
    @Override
    public void deleteRevised(SecretName name, String expected) {
        client.requireOpen();
        new PerKeyDeletion(client, versions, names, groups, name).run(expected);
    }

    /** What interrupted changes left goes too. Secrets with a key that is not coffer's stay whole. */
    @Override
    public void deleteAllSecrets() {
        client.requireOpen();
        Map<SecretName, Boolean> owned = new TreeMap<>();
        client.list(
                "delete all secrets",
                "labels." + PerKeyGroups.GROUP + ":*",
                meta -> nameOf(meta).ifPresent(name -> owned.merge(name, isOwned(meta), Boolean::logicalAnd)));
        owned.forEach((name, all) -> {
            if (all) {
                deleteIfOwned(name);
            }
        });
    }

    /** Looks again when somebody else was there too. */
    private void deleteIfOwned(SecretName name) {
        for (int attempt = 1; ; attempt++) {
            try {
                new PerKeyDeletion(client, versions, names, groups, name).runOrClear();
                return;
            } catch (ConflictException e) {
                Group group = groups.find("delete all secrets", name);
                if (!group.claimed().stream().allMatch(this::isOwned)) {
                    return;
                }
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    // Ownership

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        String operation = "read secret " + name;
        Group group = groups.find(operation, name);
        return isOwned(required(name, groups.read(operation, group)), group);
    }

    private boolean isOwned(Map<String, Read> found, Group group) {
        return found.values().stream().allMatch(read -> isOwned(read.meta()))
                && group.doubles().stream().allMatch(this::isOwned);
    }

    /** Puts the labels on; values and ids stay as they are. */
    @Override
    public void adopt(SecretName name) {
        client.requireOpen();
        String operation = "adopt secret " + name;
        Group group = groups.find(operation, name);
        required(name, groups.read(operation, group)).forEach((key, read) -> adopt(operation, name, key, read.meta()));
        group.doubles().forEach(meta -> groups.key(meta, name).ifPresent(key -> adopt(operation, name, key, meta)));
    }

    private void adopt(String operation, SecretName name, String key, Meta meta) {
        if (!isOwned(meta)
                && client.update(operation, groups.adopted(meta, name, key)).isEmpty()) {
            throw PerKeyGroups.overtaken(name);
        }
    }
}
