package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.gcp.GcpClient.Added;
import dev.coffer.flavor.gcp.GcpClient.Current;
import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One provider secret for each key, its value the text alone, with the labels of ZenML: {@code zenml-group-key} has the name
 * of the secret, {@code zenml-schema-name} its type.
 *
 * <p>While a secret is registered or deleted, one provider secret more is there, the gate, and the secret is not: so it is
 * never seen in part, and what is left of an interrupted change is cleared away by the next registration. An update is not
 * done in one step: it writes the keys one after the other, and those that are gone last. One that was interrupted is
 * completed by sending it again.
 *
 * <pre>
 * calls for K keys: register 4 + 2K, get 1 + K, update 1 + K and 2 for each key that changes, delete 4 + K,
 * list of names 1 for each 1,000 provider secrets
 * </pre>
 */
final class PerKeyLayoutSecretsManager extends GcpSecretsManager {
    private static final String DELETING = "delete-"; // begins the note of a gate behind which a secret is deleted
    private static final String GROUP = "zenml-group-key";
    private static final String TYPE_LABEL = "zenml-schema-name";
    private static final String KEY = "coffer-key";
    private static final String TYPE = "coffer-schema";
    private static final String CREATED = "coffer-created";
    private static final String ORDER = "coffer-order";

    PerKeyLayoutSecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, GcpClient client, GcpNames names, Clock clock) {
        super(definition, schemas, client, names, clock);
    }

    /**
     * The provider secrets of one secret.
     *
     * @param members by key, in order
     * @param gate there while the secret is not
     */
    private record Group(Map<String, Meta> members, Optional<Meta> gate) {}

    // Reading

    private Group group(String operation, SecretName name) {
        String label = GcpNames.label(name);
        List<Meta> found = new ArrayList<>();
        client.list(operation, "labels." + GROUP + "=" + label, meta -> {
            if (label.equals(meta.labels().get(GROUP)) && names.mayBeKey(meta.id())) {
                found.add(meta);
            }
        });
        found.sort(Comparator.comparingInt(PerKeyLayoutSecretsManager::order).thenComparing(Meta::id));
        Map<String, Meta> members = new LinkedHashMap<>();
        Optional<Meta> gate = Optional.empty();
        for (Meta meta : found) {
            if (isOwned(meta) && meta.annotations().containsKey(GcpClient.REGISTERING)) {
                gate = Optional.of(meta);
            } else {
                key(meta, name).ifPresent(key -> members.putIfAbsent(key, meta));
            }
        }
        return new Group(members, gate);
    }

    private Optional<String> key(Meta meta, SecretName name) {
        return Optional.ofNullable(meta.annotations().get(KEY)).or(() -> names.keyAt(meta.id(), name));
    }

    private static int order(Meta meta) {
        String text = meta.annotations().getOrDefault(ORDER, "");
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : Integer.MAX_VALUE;
    }

    /** A key as it was read. */
    private record Read(Meta meta, Current current, SecretValue value) {}

    /** The keys that have a value; none if the secret is not there. */
    private Map<String, Read> read(String operation, Group group) {
        Map<String, Read> found = new LinkedHashMap<>();
        if (group.gate().isPresent()) {
            return found;
        }
        group.members().forEach((key, meta) -> {
            Current current = client.current(operation, meta.id());
            if (current.disabled()) {
                throw client.failed(operation, "the latest version of the key " + key + " is disabled", "enable it");
            }
            current.version().ifPresent(version -> {
                String text = GcpPayload.text(version.value())
                        .orElseThrow(() -> client.failed(
                                operation, "the value of the key " + key + " is no text", "read it with another tool"));
                found.put(key, new Read(meta, current, SecretValue.of(text)));
            });
        });
        return found;
    }

    private Map<String, Read> required(String operation, SecretName name) {
        Map<String, Read> found = read(operation, group(operation, name));
        if (found.isEmpty()) {
            throw new NoSuchSecretException(name);
        }
        return found;
    }

    private static Secret secret(SecretName name, Map<String, Read> found) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        found.forEach((key, read) -> content.put(key, read.value()));
        Meta first = found.values().iterator().next().meta();
        return Secret.ofStored(name, type(first), content, null, created(first), null);
    }

    private static String type(Meta meta) {
        String type = meta.annotations()
                .getOrDefault(TYPE, GcpNames.typeOfLabel(meta.labels().getOrDefault(TYPE_LABEL, "")));
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    private static @Nullable Instant created(Meta meta) {
        try {
            String text = meta.annotations().getOrDefault(CREATED, "");
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        return secret(name, required("read secret " + name, name));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        client.requireOpen();
        String operation = "list the secrets";
        Set<SecretName> found = new TreeSet<>();
        Set<SecretName> hidden = new HashSet<>();
        Map<SecretName, List<Meta>> unsure = new TreeMap<>();
        client.list(
                operation,
                "labels." + GROUP + ":*",
                meta -> nameOf(meta).ifPresent(name -> {
                    if (!isOwned(meta)) {
                        unsure.computeIfAbsent(name, any -> new ArrayList<>()).add(meta);
                    } else if (meta.annotations().containsKey(GcpClient.REGISTERING)) {
                        hidden.add(name);
                    } else {
                        found.add(name);
                    }
                }));
        unsure.keySet().removeAll(found);
        unsure.forEach((name, metas) -> {
            if (metas.stream()
                    .anyMatch(meta -> key(meta, name).isPresent()
                            && client.current(operation, meta.id()).version().isPresent())) {
                found.add(name);
            }
        });
        found.removeAll(hidden);
        return new ArrayList<>(found);
    }

    private Optional<SecretName> nameOf(Meta meta) {
        String label = meta.labels().getOrDefault(GROUP, "");
        return label.isEmpty() || !names.mayBeKey(meta.id()) ? Optional.empty() : GcpNames.nameOfLabel(label);
    }

    // Registering

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        SecretName name = fit.name();
        requireStorable(fit);
        String operation = "register secret " + name;
        Meta gate = shut(operation, name);
        int order = 0;
        Instant now = clock.instant();
        for (Map.Entry<String, SecretValue> entry : fit.content().entrySet()) {
            make(operation, fit, entry.getKey(), order++, now);
        }
        if (client.delete(operation, gate) != Deleted.DONE) {
            throw overtaken(name);
        }
        return new WriteReceipt(name, null, true);
    }

    /** All that Secret Manager would refuse, before anything is asked. */
    private void requireStorable(Secret secret) {
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

    /** Shuts the gate where there is no secret, and clears away what was left behind it. */
    private Meta shut(String operation, SecretName name) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Group group = group(operation, name);
            if (group.gate().isPresent() && attempt <= Pauses.ATTEMPTS) {
                Pauses.before(attempt, Duration.ZERO, client.settings().component()); // somebody may be at it
                continue;
            }
            requireFree(operation, name, group);
            Optional<Meta> gate =
                    group.gate().isPresent() ? takenOver(operation, group.gate().get()) : gate(operation, name, "");
            if (gate.isPresent()) {
                Group behind =
                        group.gate().isPresent() ? group(operation, name) : behindNewGate(operation, name, gate.get());
                behind.members().values().forEach(meta -> erase(operation, name, meta));
                return gate.get();
            }
        }
        throw overtaken(name);
    }

    /** What is behind a gate that was just shut, if it is not a secret. If that cannot be told, the gate is opened again. */
    private Group behindNewGate(String operation, SecretName name, Meta gate) {
        try {
            Group behind = group(operation, name);
            requireFree(operation, name, new Group(behind.members(), Optional.empty()));
            return behind;
        } catch (CofferException e) { // or it was registered before
            try {
                client.delete(operation, gate);
            } catch (CofferException stays) {
                e.addSuppressed(stays);
            }
            throw e;
        }
    }

    private void requireFree(String operation, SecretName name, Group group) {
        if (!read(operation, group).isEmpty()) {
            throw new SecretExistsException(name);
        }
        requireOwned(name, List.copyOf(group.members().values()));
    }

    private Optional<Meta> gate(String operation, SecretName name, String kind) {
        return client.create(
                operation,
                names.of(name, ""),
                Map.of(MARK, names.mark(), GROUP, GcpNames.label(name)),
                Map.of(NAME, name.value(), GcpClient.REGISTERING, kind + UUID.randomUUID()));
    }

    private static boolean isBeingDeleted(Group group) {
        return group.gate().filter(PerKeyLayoutSecretsManager::isOfDeletion).isPresent();
    }

    private static boolean isOfDeletion(Meta gate) {
        return gate.annotations().getOrDefault(GcpClient.REGISTERING, "").startsWith(DELETING);
    }

    /** Makes the gate of a change that was interrupted one's own, without opening it in between. */
    private Optional<Meta> takenOver(String operation, Meta gate) {
        Map<String, String> annotations = new HashMap<>(gate.annotations());
        String kind = isOfDeletion(gate) ? DELETING : "";
        annotations.put(GcpClient.REGISTERING, kind + UUID.randomUUID());
        boolean taken = client.update(operation, new Meta(gate.id(), gate.labels(), annotations, gate.etag()));
        return taken
                ? client.meta(operation, gate.id())
                        .filter(found -> found.annotations().equals(annotations))
                : Optional.empty();
    }

    /** Deletes what is behind the gate, if it is still what was seen: else somebody took the gate over. */
    private void erase(String operation, SecretName name, Meta seen) {
        if (client.delete(operation, seen) == Deleted.OVERTAKEN) {
            throw overtaken(name);
        }
    }

    /** Makes the provider secret of a key, and gives it its value. */
    private void make(String operation, Secret secret, String key, int order, @Nullable Instant created) {
        SecretName name = secret.name();
        String id = names.of(name, key);
        Map<String, String> annotations = new HashMap<>(Map.of(
                NAME, name.value(),
                KEY, key,
                TYPE, secret.schemaType(),
                ORDER, String.valueOf(order)));
        if (created != null) {
            annotations.put(CREATED, created.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        long last = 0;
        if (client.create(operation, id, labels(secret), annotations).isEmpty()) {
            Meta meta = client.meta(operation, id).orElseThrow(() -> overtaken(name));
            Current current = client.current(operation, id);
            if (!isOwned(meta) || current.version().isPresent() || current.disabled()) {
                throw overtaken(name);
            }
            last = current.last();
        }
        add(operation, name, key, id, secret.value(key), last);
    }

    private Map<String, String> labels(Secret secret) {
        return Map.of(
                MARK, names.mark(),
                GROUP, GcpNames.label(secret.name()),
                TYPE_LABEL, GcpNames.typeLabel(secret.schemaType()));
    }

    private void add(String operation, SecretName name, String key, String id, SecretValue value, long last) {
        byte[] bytes = value.revealText().getBytes(UTF_8);
        Added added = client.add(operation, id, bytes, last, found -> Arrays.equals(found, bytes))
                .orElseThrow(() -> overtaken(name));
        Arrays.fill(bytes, (byte) 0);
        if (added.overtaken()) {
            throw new ConflictException(
                    "the key " + key + " of secret " + name
                            + " was written by somebody else at the same time; what coffer wrote is version "
                            + added.number() + " at Google and the current one, and the other change is before it",
                    name.value(),
                    "look at both, and write what they should be");
        }
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
        Map<String, Read> found = required(operation, name);
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
                            .mapToInt(read -> order(read.meta()))
                            .filter(order -> order != Integer.MAX_VALUE)
                            .max()
                            .orElse(-1);
            for (Map.Entry<String, SecretValue> entry : fit.content().entrySet()) {
                Read read = found.get(entry.getKey());
                if (read == null) {
                    make(
                            operation,
                            fit,
                            entry.getKey(),
                            next++,
                            stored.created().orElse(null));
                } else if (change(operation, fit, entry.getKey(), read)) {
                    replaced.add(read);
                }
            }
        }
        found.forEach((key, read) -> {
            if (gone.contains(key) && client.delete(operation, read.meta()) == Deleted.OVERTAKEN) {
                throw overtaken(name);
            }
        });
        replaced.forEach(read -> read.current() // after all else is done: a right to it may be missing
                .version()
                .ifPresent(version -> client.retire(
                        "retire the old version of secret " + name + ", which was written",
                        read.meta().id(),
                        version.number())));
        return new WriteReceipt(name, null, true);
    }

    /** Whether the value is another one now. */
    private boolean change(String operation, Secret secret, String key, Read read) {
        SecretName name = secret.name();
        Meta meta = read.meta();
        if (!type(meta).equals(secret.schemaType())) {
            Map<String, String> labels = new HashMap<>(meta.labels());
            labels.putAll(labels(secret));
            Map<String, String> annotations = new HashMap<>(meta.annotations());
            annotations.put(TYPE, secret.schemaType());
            if (!client.update(operation, new Meta(meta.id(), labels, annotations, meta.etag()))) {
                throw overtaken(name);
            }
        }
        boolean changed = !secret.value(key).sameAs(read.value());
        if (changed) {
            add(
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

    private static ConflictException overtaken(SecretName name) {
        return new ConflictException(
                "secret " + name + " was changed by somebody else at the same time",
                name.value(),
                "look at it, and try again");
    }

    // Deleting

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        String operation = "delete secret " + name;
        Group group = group(operation, name);
        for (int attempt = 1; isBeingDeleted(group) && attempt <= Pauses.ATTEMPTS; attempt++) {
            Pauses.before(attempt, Duration.ZERO, client.settings().component()); // somebody may be at it
            group = group(operation, name);
        }
        boolean interrupted = isBeingDeleted(group);
        if (!interrupted && (group.gate().isPresent() || group.members().isEmpty())) {
            throw new NoSuchSecretException(name);
        }
        requireOwned(name, List.copyOf(group.members().values()));
        Meta gate = interrupted
                ? takenOver(operation, group.gate().orElseThrow()).orElseThrow(() -> overtaken(name))
                : gate(operation, name, DELETING).orElseThrow(() -> new NoSuchSecretException(name));
        List<Meta> behind = List.copyOf(group(operation, name).members().values());
        behind.stream().filter(this::isOwned).forEach(meta -> erase(operation, name, meta));
        client.delete(operation, gate);
        if (behind.isEmpty() && !interrupted) {
            throw new NoSuchSecretException(name); // by somebody else, before the gate was shut
        }
    }

    /** What interrupted changes left goes too. */
    @Override
    public void deleteAllSecrets() {
        client.requireOpen();
        String operation = "delete all secrets";
        List<Meta> all = new ArrayList<>();
        client.list(operation, "labels." + GROUP + ":*", meta -> {
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
            if (!isOwned(meta)) {
                Map<String, String> labels = new HashMap<>(meta.labels());
                labels.put(MARK, names.mark());
                Map<String, String> annotations = new HashMap<>(meta.annotations());
                annotations.put(NAME, name.value());
                annotations.put(KEY, key);
                if (!client.update(operation, new Meta(meta.id(), labels, annotations, meta.etag()))) {
                    throw overtaken(name);
                }
            }
        });
    }
}
