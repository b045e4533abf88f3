package dev.coffer.flavor.gcp;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.GcpVersions.Added;
import dev.coffer.flavor.gcp.GcpVersions.Current;
import dev.coffer.flavor.gcp.GcpVersions.Obstacle;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
 * calls: register 3, get 1, update 6 (old-versions=keep: 5; another type: one more), delete 2 (of a certain revision: 4),
 * list 1 for each 1,000 of the project
 * </pre>
 */
final class JsonLayoutSecretsManager extends GcpSecretsManager implements Revisions {
    private static final String LIST = "list the secrets";
    private static final String TYPE = "coffer-schema";
    private static final String CREATED = "coffer-created";
    private static final String UPDATED = "coffer-updated";
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,18})(?:@|$)"); // what a revision starts with

    JsonLayoutSecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, GcpClient client, GcpNames names, Clock clock) {
        super(definition, schemas, client, names, clock);
    }

    // Reading

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        String operation = "read secret " + name;
        Current current = versions.current(operation, names.of(name));
        return payload(name, operation, current)
                .orElseThrow(() -> new NoSuchSecretException(name))
                .toSecret(name);
    }

    private Optional<GcpPayload> payload(SecretName name, String operation, Current current) {
        if (current.obstacle().isPresent()) {
            throw unreadable(operation, current.obstacle().get());
        }
        return current.version()
                .map(version -> GcpPayload.read(version.value())
                        .orElseThrow(() -> client.failed(
                                operation, "the value of " + name + " is no text", "read it with another tool")));
    }

    private RemoteException unreadable(String operation, Obstacle obstacle) {
        return obstacle == Obstacle.DISABLED
                ? client.failed(
                        operation,
                        "the latest version is disabled",
                        "enable it, or delete the secret and register it anew")
                : client.failed(operation, LOCKED, LOCKED_HINT);
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        client.requireOpen();
        return listed().entrySet().stream()
                .filter(one -> isSettled(one.getValue()) || mayBeThere(LIST, one.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Without reading a value that coffer wrote: what is shown of it is noted beside it. */
    @Override
    public List<SecretSummary> listSecrets() {
        client.requireOpen();
        List<SecretSummary> found = new ArrayList<>();
        listed().forEach((name, meta) ->
                noted(name, meta).or(() -> read(name, meta)).ifPresent(found::add));
        return found;
    }

    private Map<SecretName, Meta> listed() {
        Map<SecretName, Meta> listed = new TreeMap<>();
        client.list(LIST, "", meta -> names.nameAt(meta.id()).ifPresent(name -> listed.put(name, meta)));
        return listed;
    }

    /** Coffer's own, and it has a value. */
    private boolean isSettled(Meta meta) {
        return isOwned(meta) && !meta.annotations().containsKey(GcpClient.REGISTERING);
    }

    private Optional<SecretSummary> noted(SecretName name, Meta meta) {
        String type = meta.annotation(TYPE);
        return isSettled(meta) && !type.isEmpty()
                ? Optional.of(new SecretSummary(name, type, null, time(meta, CREATED), time(meta, UPDATED)))
                : Optional.empty();
    }

    private static @Nullable Instant time(Meta meta, String annotation) {
        try {
            return Instant.parse(meta.annotation(annotation));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Empty if there is no value. One that cannot be read, also for want of a right, is there. */
    private Optional<SecretSummary> read(SecretName name, Meta meta) {
        SecretSummary bare = new SecretSummary(name, Secret.ARBITRARY, null, null, null);
        Optional<Current> current = versions.currentIfPermitted(LIST, meta.id());
        if (current.isEmpty()) {
            return Optional.of(bare);
        }
        if (!current.get().isThere()) {
            return Optional.empty();
        }
        return Optional.of(current.get()
                .version()
                .flatMap(version -> GcpPayload.read(version.value()))
                .map(payload -> new SecretSummary(
                        name,
                        payload.schemaType(),
                        null,
                        payload.created().orElse(null),
                        payload.updated().orElse(null)))
                .orElse(bare));
    }

    // Revisions

    /** A listing tells no versions: each value has to be read. */
    @Override
    public List<RevisionEntry> listRevisions() {
        client.requireOpen();
        List<RevisionEntry> found = new ArrayList<>();
        listed().forEach((name, meta) -> {
            if (isSettled(meta) || mayBeThere(LIST, meta)) {
                found.add(new RevisionEntry(name, Optional.empty(), Optional.of(isOwned(meta))));
            }
        });
        return found;
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        return found(name, 0);
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name, String seen) {
        return found(name, number(seen));
    }

    private Optional<RevisionEntry> found(SecretName name, long seen) {
        client.requireOpen();
        String operation = "read secret " + name;
        Current current = versions.current(operation, names.of(name), seen);
        return payload(name, operation, current)
                .map(payload -> new RevisionEntry(name, Optional.of(revision(current, payload)), Optional.empty()));
    }

    @Override
    public Revised getRevised(SecretName name) {
        return revised(name, 0);
    }

    /** Of what Google tells, only the version of a certain number is never behind. */
    @Override
    public Revised getRevised(SecretName name, String seen) {
        return revised(name, number(seen));
    }

    private Revised revised(SecretName name, long seen) {
        client.requireOpen();
        String operation = "read secret " + name;
        Current current = versions.current(operation, names.of(name), seen);
        GcpPayload payload = payload(name, operation, current).orElseThrow(() -> new NoSuchSecretException(name));
        return new Revised(payload.toSecret(name), revision(current, payload));
    }

    /** The numbers begin again with a secret that is made anew: the time that the value holds tells the two apart. */
    private static String revision(Current current, GcpPayload payload) {
        return revision(current.last(), payload);
    }

    private static String revision(long last, GcpPayload payload) {
        return last + payload.updated().map(time -> "@" + time).orElse("");
    }

    /** The number of the version; 0 of what is no such revision. */
    private static long number(String revision) {
        Matcher number = NUMBER.matcher(revision);
        return number.lookingAt() ? Long.parseLong(number.group(1)) : 0;
    }

    @Override
    public String updateRevised(Secret secret, String expected) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        return replace(fit.name(), Optional.of(expected), stored -> fit).revision();
    }

    /**
     * Google compares the etag of the secret, which versions do not change. What somebody else changed of labels and notes
     * since the first request here stops the deletion, and so does a version that is there at the request right before it.
     * One that comes between these two goes with the secret: if coffer wrote it, that one is told, as it finds no secret
     * when it notes what it wrote.
     */
    @Override
    public void deleteRevised(SecretName name, String expected) {
        client.requireOpen();
        String operation = "delete secret " + name;
        Meta meta = client.meta(operation, names.of(name)).orElseThrow(() -> new NoSuchSecretException(name));
        Current current = versions.last(operation, meta.id());
        GcpPayload payload = payload(name, operation, current).orElseThrow(() -> new NoSuchSecretException(name));
        if (!expected.equals(revision(current, payload))) {
            throw moved(name, "nothing was deleted");
        }
        if (!isOwned(meta)) {
            throw foreign(name);
        }
        switch (client.delete(operation, meta)) {
            case DONE -> {}
            case MISSING -> throw new NoSuchSecretException(name);
            case OVERTAKEN -> throw moved(name, "nothing was deleted");
        }
    }

    private static ConflictException moved(SecretName name, String done) {
        return new ConflictException(
                "secret " + name + " was changed by somebody else; " + done,
                name.value(),
                "read it again and decide anew");
    }

    // Limits

    @Override
    void requireStorable(Secret secret) {
        names.of(secret.name());
        Instant now = clock.instant();
        GcpPayload.of(secret, now, now).bytes(secret.name());
    }

    /** A change is three of Google's writes: the value, what a listing shows, and the state of the old version. */
    @Override
    public double writesPerSecond() {
        return WRITES_PER_MINUTE / 60 / 3;
    }

    // Writing

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        registerRevised(secret);
        return new WriteReceipt(secret.name(), null, true);
    }

    @Override
    public String registerRevised(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        SecretName name = fit.name();
        String id = names.of(name);
        Instant now = clock.instant();
        GcpPayload payload = GcpPayload.of(fit, now, now);
        byte[] bytes = payload.bytes(name);
        String operation = "register secret " + name;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Map<String, String> annotations = notes(payload);
            annotations.put(NAME, name.value());
            annotations.put(GcpClient.REGISTERING, UUID.randomUUID().toString());
            Optional<Meta> made = client.create(operation, id, Map.of(MARK, names.mark()), annotations);
            Optional<Half> half =
                    made.isPresent() ? Optional.of(new Half(made.get(), 0)) : incomplete(operation, name, id);
            Optional<Added> added =
                    half.isEmpty() ? Optional.empty() : complete(operation, name, half.get(), payload, bytes);
            if (added.isPresent()) {
                return revision(added.get().number(), payload);
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
            Current current = versions.current(operation, id);
            if (current.isThere()) {
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
            client.pauses().before(attempt, Duration.ZERO);
        }
    }

    /** Adds the first version. Empty if the provider secret was deleted meanwhile. */
    private Optional<Added> complete(String operation, SecretName name, Half half, GcpPayload payload, byte[] bytes) {
        String id = half.meta().id();
        Optional<Added> added = versions.add(operation, id, bytes, half.last(), isOurs(payload));
        if (added.isEmpty()) {
            return added;
        }
        if (added.get().overtaken()) {
            versions.destroy(operation, id, added.get().number());
            throw new SecretExistsException(name);
        }
        settle(operation, half.meta(), payload);
        return added;
    }

    /** What a listing shows of a secret. */
    private static Map<String, String> notes(GcpPayload payload) {
        Map<String, String> notes = new HashMap<>();
        notes.put(TYPE, payload.schemaType());
        payload.created().ifPresent(time -> notes.put(CREATED, time.toString()));
        payload.updated().ifPresent(time -> notes.put(UPDATED, time.toString()));
        return notes;
    }

    /**
     * Notes what a listing shows, now that the value is there. It may fail: then the listing reads the value, or is behind.
     *
     * @return whether the secret is still there, as far as can be told
     */
    private boolean settle(String operation, Meta meta, GcpPayload payload) {
        Map<String, String> annotations = new HashMap<>(meta.annotations());
        annotations.remove(GcpClient.REGISTERING);
        annotations.putAll(notes(payload));
        try {
            return client.update(operation, meta.with(meta.labels(), annotations))
                            .isPresent()
                    || client.meta(operation, meta.id())
                            .filter(now -> now.created().equals(meta.created()))
                            .isPresent();
        } catch (RemoteException e) {
            return true; // The secret is written all the same.
        }
    }

    /** Takes the type away before the value has another one: a change that is cut off must leave no wrong one. */
    private Meta withoutType(String operation, SecretName name, Meta meta, GcpPayload next) {
        if (Set.of("", next.schemaType()).contains(meta.annotation(TYPE))) {
            return meta;
        }
        Map<String, String> annotations = new HashMap<>(meta.annotations());
        annotations.remove(TYPE);
        return client.update(operation, meta.with(meta.labels(), annotations)).orElseThrow(() -> overtaken(name));
    }

    private static Predicate<byte[]> isOurs(GcpPayload payload) {
        return value ->
                GcpPayload.read(value).filter(found -> found.isOf(payload)).isPresent();
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        return replace(fit.name(), Optional.empty(), stored -> fit).receipt(fit.name());
    }

    /** What is changed is what was read: a change in between is told, and not undone. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        client.requireOpen();
        return replace(name, Optional.empty(), stored -> schemas.fit(patch.applyTo(stored)))
                .receipt(name);
    }

    /** What became of an update. The revision is that of what was written, whatever is read right after. */
    private record Updated(boolean changed, String revision) {
        WriteReceipt receipt(SecretName name) {
            return new WriteReceipt(name, null, changed);
        }
    }

    private Updated replace(SecretName name, Optional<String> expected, UnaryOperator<Secret> next) {
        String id = names.of(name);
        String operation = "update secret " + name;
        Current current = versions.last(operation, id);
        GcpPayload old = payload(name, operation, current).orElseThrow(() -> new NoSuchSecretException(name));
        if (!revision(current, old).equals(expected.orElse(revision(current, old)))) {
            throw moved(name, "nothing was written");
        }
        Meta meta = owned(operation, name, id);
        Instant now = clock.instant();
        GcpPayload payload;
        try (Secret stored = old.toSecret(name)) {
            Secret fit = next.apply(stored);
            if (stored.sameContentAs(fit)) {
                return new Updated(false, revision(current, old));
            }
            payload = GcpPayload.of(fit, old.created().orElse(now), now);
        }
        byte[] bytes = payload.bytes(name);
        meta = withoutType(operation, name, meta, payload);
        Added added = versions.add(operation, id, bytes, current.last(), isOurs(payload))
                .orElseThrow(() -> new NoSuchSecretException(name));
        if (added.overtaken()) {
            throw new ConflictException(
                    "secret " + name + " was written by somebody else at the same time; what coffer wrote is version "
                            + added.number() + " at Google and the current one, and the other change is before it",
                    name.value(),
                    "look at both, and write what they should be");
        }
        if (!settle(operation, meta, payload)) {
            throw new ConflictException(
                    "secret " + name
                            + " was deleted by somebody else at the same time, and what coffer wrote went with it",
                    name.value(),
                    "register it anew if it should be there");
        }
        current.version().ifPresent(version -> retire(name, id, version.number(), added.number()));
        return new Updated(true, revision(added.number(), payload));
    }

    private void retire(SecretName name, String id, long old, long written) {
        try {
            versions.retire("retire the old version of secret " + name, id, old);
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
        return versions.current(operation, id).isThere();
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
            if (client.update(operation, meta.with(labels, annotations)).isPresent()) {
                return;
            }
        }
        throw overtaken(name);
    }
}
