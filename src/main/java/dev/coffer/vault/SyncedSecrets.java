package dev.coffer.vault;

import dev.coffer.crypto.CanonicalBytes;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LockFile;
import dev.coffer.storage.LogRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The secrets of one component of a vault, as a synchronization reads and writes them. */
final class SyncedSecrets implements SyncStore {
    private final Vault vault;
    private final UUID componentId;
    private final ComponentSecrets secrets;

    SyncedSecrets(Vault vault, UUID componentId) {
        this.vault = vault;
        this.componentId = componentId;
        this.secrets = vault.secretsOf(componentId);
    }

    @Override
    public List<SecretHead> heads() {
        return vault.read(view -> Stream.concat(
                        view.tables().secrets().live(componentId).stream(),
                        view.tables().secrets().deleted(componentId).stream())
                .map(view::checked)
                .map(row -> new SecretHead(
                        row.secretId(),
                        SecretName.ofStored(row.name()),
                        row.version(),
                        row.schemaType(),
                        row.deleted()))
                .toList());
    }

    @Override
    public Secret getSecret(UUID id, long version) {
        return vault.read(view -> {
            HeadRow head = find(view, id).orElseThrow(() -> new NoSuchSecretException(id));
            return ComponentSecrets.secret(view, head, ComponentSecrets.contentVersion(view, head, version));
        });
    }

    private Optional<HeadRow> find(StoreView view, UUID id) {
        return view.tables()
                .secrets()
                .findHead(id)
                .map(view::checked)
                .filter(head -> head.componentId().equals(componentId));
    }

    @Override
    public String fingerprint(String key, SecretValue value) {
        byte[] utf8 = value.revealUtf8();
        CanonicalBytes message =
                CanonicalBytes.forPurpose("coffer sync value 1").add(key).add(utf8);
        try {
            byte[] fingerprint = vault.onOpen(open -> open.fingerprint(message));
            return HexFormat.of()
                    .formatHex(CanonicalBytes.forPurpose("coffer sync value digest 1")
                            .add(fingerprint)
                            .sha256());
        } finally {
            message.wipe();
            Arrays.fill(utf8, (byte) 0);
        }
    }

    @Override
    public Secret fitted(Secret secret) {
        return vault.schemas().fit(secret);
    }

    @Override
    public long replaced() {
        return vault.read(view -> view.tables().log().acceptances().stream()
                .map(view::checked)
                .mapToLong(LogRow::sequence)
                .max()
                .orElse(0));
    }

    @Override
    public Optional<Alone> alone(UUID targetId) {
        return LockFile.take(vault.location().lockFile("sync-" + targetId)).map(held -> held::close);
    }

    @Override
    public long versionAfter(long version) {
        return vault.read(view -> view.versionAfter(version));
    }

    @Override
    public List<WriteReceipt> change(List<SecretChange> changes, List<RecordChange> records) {
        List<SecretChange> fitted = changes.stream().map(this::fitted).toList();
        boolean[] removed = {false};
        List<WriteReceipt> receipts = vault.write(change -> {
            secrets.requireComponent(change);
            List<HeadRow> written = new ArrayList<>();
            for (SecretChange one : fitted) {
                written.add(write(change, one));
            }
            removed[0] = RecordChanges.apply(vault, change, records);
            SecretWriter pruning = new SecretWriter(change, componentId, vault.keepVersions());
            Set<UUID> put = records.stream().map(RecordChange::id).collect(Collectors.toSet());
            for (HeadRow head : written) {
                requireBases(change, head, put);
                pruning.prune(head);
            }
            return written.stream()
                    .map(head -> new WriteReceipt(SecretName.ofStored(head.name()), head.version(), true))
                    .toList();
        });
        if (removed[0]) {
            vault.checkpoint();
        }
        return receipts;
    }

    /** A base is named before its version is written: between the two the store may have been restored. */
    private static void requireBases(StoreChange change, HeadRow head, Set<UUID> put) {
        List<Long> versions = change.tables().secrets().versionNumbers(head.secretId());
        for (SyncBases.Base base : SyncBases.of(change, head.secretId())) {
            if (put.contains(base.recordId()) && !versions.contains(base.version())) {
                throw conflict(
                        SecretName.ofStored(head.name()),
                        "secret " + head.name() + " has no version " + base.version()
                                + ": the store was restored meanwhile");
            }
        }
    }

    /** What goes straight to the history is written as it was: it may have outgrown its schema long ago. */
    private SecretChange fitted(SecretChange change) {
        List<SecretChange.Step> steps = new ArrayList<>(change.steps());
        int last = steps.size() - 1;
        SecretChange.Step step = steps.get(last);
        steps.set(last, new SecretChange.Step(step.origin(), step.content().map(vault.schemas()::fit), step.kept()));
        return new SecretChange(change.id(), change.name(), change.expectedVersion(), steps);
    }

    private HeadRow write(StoreChange change, SecretChange wanted) {
        Optional<HeadRow> head = expected(change, wanted);
        // Pruning waits until the records say which versions are bases.
        SecretWriter writer = new SecretWriter(change, componentId, OptionalInt.empty());
        for (SecretChange.Step step : wanted.steps()) {
            boolean live = head.isPresent() && !head.get().deleted();
            LogKind kind = live ? LogKind.UPDATE : LogKind.REGISTER;
            if (step.content().isEmpty()) {
                if (!live) {
                    throw new IllegalArgumentException("a tombstone is written upon a live version only");
                }
                kind = LogKind.DELETE;
            } else if (!live && secrets.findLive(change, wanted.name()).isPresent()) {
                throw new SecretExistsException(wanted.name());
            }
            head = Optional.of(writer.write(head, wanted.id(), wanted.name().value(), kind, step));
        }
        return head.orElseThrow();
    }

    /** The head that the caller saw; empty for a new secret. */
    private Optional<HeadRow> expected(StoreChange change, SecretChange wanted) {
        if (wanted.expectedVersion() == 0) {
            requireNew(change, wanted);
            return Optional.empty();
        }
        HeadRow head = find(change, wanted.id())
                .orElseThrow(() -> conflict(wanted.name(), "secret " + wanted.name() + " was purged meanwhile"));
        if (!head.name().equals(wanted.name().value())) {
            throw conflict(wanted.name(), "secret " + wanted.name() + " was renamed to " + head.name() + " meanwhile");
        }
        ComponentSecrets.requireVersion(head, OptionalLong.of(wanted.expectedVersion()));
        return Optional.of(head);
    }

    private void requireNew(StoreChange change, SecretChange wanted) {
        if (change.tables().log().knowsSecret(wanted.id())) {
            throw conflict(
                    wanted.name(), "the id of secret " + wanted.name() + " was used before: it is not a new one");
        }
        if (secrets.findLive(change, wanted.name()).isEmpty()
                && secrets.findDeleted(change, wanted.name()).isPresent()) {
            throw conflict(wanted.name(), "a secret named " + wanted.name() + " was deleted here: it is continued");
        }
    }

    private static ConflictException conflict(SecretName name, String sentence) {
        return new ConflictException(sentence, name.value(), "read it again and decide anew");
    }

    @Override
    public Optional<StoredRecord> findRecord(String kind, String name) {
        return vault.findRecord(kind, name);
    }

    @Override
    public Optional<StoredRecord> findRecord(UUID id) {
        return vault.findRecord(id);
    }

    @Override
    public List<StoredRecord> listRecords(String kind) {
        return vault.listRecords(kind);
    }

    @Override
    public void changeRecords(List<RecordChange> changes) {
        vault.changeRecords(changes);
    }
}
