package dev.coffer.vault;

import dev.coffer.crypto.ContentJson;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.storage.CurrentRow;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.VersionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * The secrets of one component of a vault. Each operation is one transaction. The semantics are those of the interfaces
 * in {@code dev.coffer.secrets}; a secret of another component is never seen.
 */
public final class ComponentSecrets {
    private final Vault vault;
    private final UUID componentId;

    ComponentSecrets(Vault vault, UUID componentId) {
        this.vault = vault;
        this.componentId = componentId;
    }

    /** Stores a secret under a free name; a deleted secret of that name is continued. */
    public WriteReceipt register(Secret secret) {
        return registerAll(List.of(secret)).get(0);
    }

    /** Stores all secrets, or none. */
    public List<WriteReceipt> registerAll(Collection<Secret> secrets) {
        List<Secret> fitted = new ArrayList<>();
        for (Secret secret : secrets) {
            fitted.add(vault.schemas().fit(secret));
        }
        return vault.write(change -> {
            requireComponent(change);
            List<WriteReceipt> receipts = new ArrayList<>();
            for (Secret secret : fitted) {
                receipts.add(registerOne(change, secret));
            }
            return receipts;
        });
    }

    /** Nobody would ever see a secret of a component that was deleted since the caller opened it. */
    void requireComponent(StoreChange change) {
        Optional<LogRow> last = change.tables().log().lastStateChange(componentId);
        if (last.isPresent() && change.checked(last.get()).kind().equals(LogKind.RECORD_REMOVE.text())) {
            throw new NoSuchRecordException(
                    "the secrets manager was deleted meanwhile; nothing was written",
                    null,
                    "'coffer stack describe' shows the one that the stack has now");
        }
    }

    private WriteReceipt registerOne(StoreChange change, Secret secret) {
        if (findLive(change, secret.name()).isPresent()) {
            throw new SecretExistsException(secret.name());
        }
        Optional<HeadRow> tombstone = findDeleted(change, secret.name());
        return new SecretWriter(change, componentId, vault.keepVersions())
                .write(tombstone, secret.name(), LogKind.REGISTER, "register", secret);
    }

    /** The current content; the caller closes it. */
    public Secret get(SecretName name) {
        return vault.onOpen(open -> open.readCurrent(
                        componentId,
                        name.value(),
                        (view, row) -> secret(view, row.head(), Objects.requireNonNull(row.version()))))
                .orElseGet(() -> vault.read(view -> {
                    CurrentRow row = current(view, name);
                    return secret(view, row.head(), view.current(row.head(), row.version(), row.newestVersion()));
                }));
    }

    private CurrentRow current(StoreView view, SecretName name) {
        Optional<CurrentRow> found = view.tables().secrets().findCurrent(componentId, name.value());
        if (found.isEmpty()) {
            findDeleted(view, name); // an entry that was marked deleted by somebody else is not just missing
            throw new NoSuchSecretException(name);
        }
        view.checked(found.get().head());
        return found.get();
    }

    /** The names of all live secrets, sorted. */
    public List<SecretName> names() {
        return live(head -> SecretName.ofStored(head.name()), SecretName::compareTo);
    }

    /** What a listing shows of all live secrets, sorted by name. */
    public List<SecretSummary> list() {
        return live(
                head -> new SecretSummary(
                        SecretName.ofStored(head.name()),
                        head.schemaType(),
                        head.version(),
                        Instant.ofEpochMilli(head.created()),
                        Instant.ofEpochMilli(head.updated())),
                Comparator.comparing(SecretSummary::name));
    }

    /** Of each row only that is kept which is shown: the rows of a large store are many times larger. */
    private <T> List<T> live(Function<HeadRow, T> shown, Comparator<T> order) {
        return vault.read(view -> {
            List<T> all = new ArrayList<>();
            try {
                view.tables().secrets().eachLive(componentId, head -> all.add(shown.apply(view.checked(head))));
            } catch (IntegrityException e) {
                view.tables().secrets().live(componentId).forEach(view::checked); // names the first by name
                throw e;
            }
            all.sort(order);
            return List.copyOf(all);
        });
    }

    /** Replaces content and type. Nothing is written if nothing changes. */
    public WriteReceipt update(Secret secret, OptionalLong expectedVersion) {
        Secret fitted = vault.schemas().fit(secret);
        return vault.write(change -> replace(change, secret.name(), expectedVersion, current -> fitted));
    }

    /** Changes some keys. Nothing is written if nothing changes. */
    public WriteReceipt merge(SecretName name, SecretPatch patch) {
        return vault.write(change -> replace(
                change,
                name,
                OptionalLong.empty(),
                current -> vault.schemas(change).fit(patch.applyTo(current))));
    }

    private WriteReceipt replace(
            StoreChange change, SecretName name, OptionalLong expectedVersion, Function<Secret, Secret> next) {
        CurrentRow row = current(change, name);
        HeadRow head = row.head();
        requireVersion(head, expectedVersion);
        VersionRow version = change.current(head, row.version(), row.newestVersion());
        try (Secret current = secret(change, head, version)) {
            Secret wanted = next.apply(current);
            if (wanted.sameContentAs(current)) {
                return new WriteReceipt(name, head.version(), false);
            }
            return new SecretWriter(change, componentId, vault.keepVersions())
                    .write(Optional.of(head), name, LogKind.UPDATE, "update", wanted);
        }
    }

    /** Deletes one secret. */
    public void delete(SecretName name, OptionalLong expectedVersion) {
        vault.write(change -> {
            HeadRow head = live(change, name);
            requireVersion(head, expectedVersion);
            new SecretWriter(change, componentId, vault.keepVersions()).writeTombstone(head);
            return true;
        });
    }

    /** Deletes all secrets named, or none. */
    public void deleteAll(Collection<SecretName> names) {
        Set<SecretName> distinct = new LinkedHashSet<>(names);
        vault.write(change -> {
            for (SecretName name : distinct) {
                new SecretWriter(change, componentId, vault.keepVersions()).writeTombstone(live(change, name));
            }
            return true;
        });
    }

    /** Deletes every secret of the component. */
    public void deleteEverything() {
        vault.write(change -> {
            for (HeadRow head : change.tables().secrets().live(componentId)) {
                new SecretWriter(change, componentId, vault.keepVersions()).writeTombstone(change.checked(head));
            }
            return true;
        });
    }

    /** All versions, newest first; also of a deleted secret. */
    public List<SecretVersion> history(SecretName name) {
        return vault.read(view -> {
            HeadRow head = liveOrDeleted(view, name);
            return view.tables().secrets().versionNumbers(head.secretId()).stream()
                    .flatMap(number -> view.tables().secrets().findVersion(head.secretId(), number).stream())
                    .map(row -> {
                        ContentJson.Outline outline = view.outline(view.logged(row, head.name()), head.name());
                        return new SecretVersion(
                                row.version(),
                                row.schemaType(),
                                Instant.ofEpochMilli(row.created()),
                                outline.keys(),
                                outline.origin(),
                                row.deleted());
                    })
                    .toList();
        });
    }

    /** The content at a version; also of a deleted secret. The caller closes it. */
    public Secret get(SecretName name, long version) {
        return vault.read(view -> {
            HeadRow head = liveOrDeleted(view, name);
            return secret(view, head, contentVersion(view, head, version));
        });
    }

    /** Writes the content of an earlier version as a new one; a deleted secret is live afterwards. */
    public WriteReceipt rollback(SecretName name, long toVersion) {
        return vault.write(change -> {
            HeadRow head = liveOrDeleted(change, name);
            VersionRow row = contentVersion(change, head, toVersion);
            return restore(change, head, row, LogKind.ROLLBACK, "rollback to " + toVersion);
        });
    }

    /** Brings a deleted secret back as it was. */
    public WriteReceipt recover(SecretName name) {
        return vault.write(change -> {
            if (findLive(change, name).isPresent()) {
                throw new SecretExistsException(name);
            }
            HeadRow head = findDeleted(change, name).orElseThrow(() -> new NoSuchSecretException(name));
            VersionRow row = change.tables().secrets().versionNumbers(head.secretId()).stream()
                    .flatMap(number -> change.tables().secrets().findVersion(head.secretId(), number).stream())
                    .map(version -> change.logged(version, head.name()))
                    .filter(version -> !version.deleted())
                    .findFirst()
                    .orElseThrow(() -> new NoSuchSecretException(name));
            return restore(change, head, row, LogKind.RECOVER, "recover");
        });
    }

    private WriteReceipt restore(StoreChange change, HeadRow head, VersionRow row, LogKind kind, String origin) {
        SecretName name = SecretName.ofStored(head.name());
        try (Secret content = secret(change, head, row)) {
            if (!head.deleted()) {
                CurrentRow current = current(change, name);
                try (Secret now =
                        secret(change, head, change.current(head, current.version(), current.newestVersion()))) {
                    if (now.sameContentAs(content)) {
                        return new WriteReceipt(name, head.version(), false);
                    }
                }
            }
            return new SecretWriter(change, componentId, vault.keepVersions())
                    .write(Optional.of(head), name, kind, origin, content);
        }
    }

    /** The names of deleted secrets that no live secret has, sorted. */
    public List<SecretName> tombstones() {
        return vault.read(view -> view.tables().secrets().deleted(componentId).stream()
                .map(head -> view.checked(head).name())
                .distinct()
                .filter(name ->
                        view.tables().secrets().findLive(componentId, name).isEmpty())
                .map(SecretName::ofStored)
                .toList());
    }

    /** Gives a live secret another name. */
    public void rename(SecretName from, SecretName to) {
        vault.write(change -> {
            HeadRow head = live(change, from);
            if (findLive(change, to).isPresent()) {
                throw SecretExistsException.ofRename(to);
            }
            new SecretWriter(change, componentId, vault.keepVersions()).rename(head, to);
            return true;
        });
    }

    /** Removes a secret for good, with everything that was ever deleted under its name. */
    public void purge(SecretName name) {
        vault.write(change -> {
            List<HeadRow> heads = change.tables().secrets().named(componentId, name.value());
            if (heads.isEmpty()) {
                throw new NoSuchSecretException(name);
            }
            heads.forEach(head -> remove(change, head));
            return true;
        });
        vault.checkpoint();
    }

    private static void remove(StoreChange change, HeadRow head) {
        change.checked(head);
        change.append(LogKind.PURGE, Optional.of(head.secretId()), head.version(), RowMacs.nothing());
        change.tables().secrets().delete(head.secretId());
    }

    /** The names of all live secrets, and the version of each. */
    public Map<SecretName, Long> versions() {
        return vault.read(this::versions);
    }

    private Map<SecretName, Long> versions(StoreView view) {
        Map<SecretName, Long> versions = new TreeMap<>();
        for (HeadRow head : view.tables().secrets().live(componentId)) {
            versions.put(SecretName.ofStored(view.checked(head).name()), head.version());
        }
        return versions;
    }

    /** Removes everything for good, if it is what somebody saw. */
    void removeAll(StoreChange change, Map<SecretName, Long> expected) {
        if (!versions(change).equals(expected)) {
            throw new ConflictException(
                    "the component has other secrets than before: some were added, changed or deleted meanwhile",
                    null,
                    "look at them and decide anew");
        }
        List<HeadRow> heads = new ArrayList<>(change.tables().secrets().live(componentId));
        heads.addAll(change.tables().secrets().deleted(componentId));
        heads.forEach(head -> remove(change, head));
    }

    /** Whether there is a live secret of that name. */
    public boolean exists(SecretName name) {
        return vault.read(view -> findLive(view, name).isPresent());
    }

    Optional<HeadRow> findLive(StoreView view, SecretName name) {
        return view.tables().secrets().findLive(componentId, name.value()).map(view::checked);
    }

    Optional<HeadRow> findDeleted(StoreView view, SecretName name) {
        return view.tables().secrets().findDeleted(componentId, name.value()).map(view::checked);
    }

    private HeadRow live(StoreView view, SecretName name) {
        return findLive(view, name).orElseThrow(() -> {
            findDeleted(view, name);
            return new NoSuchSecretException(name);
        });
    }

    private HeadRow liveOrDeleted(StoreView view, SecretName name) {
        return findLive(view, name)
                .or(() -> findDeleted(view, name))
                .orElseThrow(() -> new NoSuchSecretException(name));
    }

    static VersionRow contentVersion(StoreView view, HeadRow head, long version) {
        SecretName name = SecretName.ofStored(head.name());
        return view.tables()
                .secrets()
                .findVersion(head.secretId(), version)
                .map(row -> view.logged(row, head.name()))
                .filter(row -> !row.deleted())
                .orElseThrow(() -> new NoSuchSecretException(name, version));
    }

    static void requireVersion(HeadRow head, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != head.version()) {
            throw new ConflictException(
                    "secret " + head.name() + " is at version " + head.version() + ", not " + expected.getAsLong(),
                    head.name(),
                    "read it again and decide anew");
        }
    }

    static Secret secret(StoreView view, HeadRow head, VersionRow row) {
        Map<String, SecretValue> values = view.content(row, head.name()).values();
        return Secret.ofStored(
                SecretName.ofStored(head.name()),
                row.schemaType(),
                values,
                row.version(),
                Instant.ofEpochMilli(head.created()),
                Instant.ofEpochMilli(row.created()));
    }
}
