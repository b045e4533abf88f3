package dev.coffer.vault;

import dev.coffer.crypto.ContentJson;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.VersionRow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Writes versions and heads inside one transaction. */
final class SecretWriter {
    private final StoreChange change;
    private final UUID componentId;
    private final OptionalInt keepVersions;

    SecretWriter(StoreChange change, UUID componentId, OptionalInt keepVersions) {
        this.change = change;
        this.componentId = componentId;
        this.keepVersions = keepVersions;
    }

    /** Writes content as the next version of a secret, which is live afterwards; without a head it is a new one. */
    WriteReceipt write(Optional<HeadRow> head, SecretName name, LogKind kind, String origin, Secret content) {
        UUID secretId = head.map(HeadRow::secretId).orElseGet(UUID::randomUUID);
        SecretChange.Step step = new SecretChange.Step(origin, Optional.of(content), false);
        return new WriteReceipt(
                name, write(head, secretId, name.value(), kind, step).version(), true);
    }

    /** Writes a tombstone as the next version of a live secret. */
    void writeTombstone(HeadRow head) {
        SecretChange.Step step = new SecretChange.Step("delete", Optional.empty(), false);
        write(Optional.of(head), head.secretId(), head.name(), LogKind.DELETE, step);
    }

    /** Writes content or a tombstone as the next version; without a head it is the first one of that identity. */
    HeadRow write(Optional<HeadRow> head, UUID secretId, String name, LogKind kind, SecretChange.Step step) {
        byte[] clear = ContentJson.encode(
                step.origin(), step.kept(), step.content().map(Secret::content).orElse(Map.of()));
        try {
            String schemaType = step.content()
                    .map(Secret::schemaType)
                    .or(() -> head.map(HeadRow::schemaType))
                    .orElseThrow();
            return put(
                    head,
                    name,
                    kind,
                    new VersionRow(
                            secretId,
                            change.versionAfter(head.map(HeadRow::version).orElse(0L)),
                            schemaType,
                            change.now(),
                            step.content().isEmpty(),
                            0,
                            0,
                            new byte[0],
                            new byte[0]),
                    clear);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    private HeadRow put(Optional<HeadRow> head, String name, LogKind kind, VersionRow unsealed, byte[] clear) {
        head.ifPresent(change::current); // nothing goes on from a head that somebody put back
        VersionRow row = change.insertVersion(kind, unsealed, clear);
        HeadRow next = change.signed(new HeadRow(
                row.secretId(),
                componentId,
                name,
                row.version(),
                row.deleted(),
                row.schemaType(),
                head.map(HeadRow::created).orElse(row.created()),
                row.created(),
                row.sequence(),
                RowMacs.versionDigest(row),
                new byte[0]));
        if (head.isEmpty()) {
            change.tables().secrets().insert(next);
        } else {
            change.tables().secrets().update(next);
            prune(next);
        }
        return next;
    }

    /** Removes the versions beyond the limit, but for the bases of synchronizations and what is marked to be kept. */
    void prune(HeadRow head) {
        if (keepVersions.isEmpty()) {
            return;
        }
        List<Long> newestFirst = change.tables().secrets().versionNumbers(head.secretId());
        // What was deleted can be brought back: its last content stays beside the tombstone.
        int keep = Math.max(keepVersions.getAsInt(), head.deleted() ? 2 : 1);
        if (newestFirst.size() <= keep) {
            return;
        }
        Set<Long> bases = SyncBases.of(change, head.secretId()).stream()
                .map(SyncBases.Base::version)
                .collect(Collectors.toSet());
        for (long version : newestFirst.subList(keep, newestFirst.size())) {
            if (!bases.contains(version) && !isKept(head, version)) {
                change.append(LogKind.PRUNE, Optional.of(head.secretId()), version, RowMacs.nothing());
                change.tables().secrets().deleteVersion(head.secretId(), version);
            }
        }
    }

    /** One that is not what was written cannot be asked: it stays, for {@code verify} to name it. */
    private boolean isKept(HeadRow head, long version) {
        try {
            return change.tables()
                    .secrets()
                    .findVersion(head.secretId(), version)
                    .map(row -> change.outline(change.logged(row, head.name()), head.name()))
                    .map(ContentJson.Outline::kept)
                    .orElse(false);
        } catch (IntegrityException e) {
            return true;
        }
    }

    /** Gives a live secret another name; its content is left alone. */
    void rename(HeadRow head, SecretName to) {
        change.current(head);
        long sequence = change.append(
                LogKind.RENAME,
                Optional.of(head.secretId()),
                head.version(),
                RowMacs.nameDigest(change.keyring(), componentId, to.value()));
        change.tables()
                .secrets()
                .update(change.signed(new HeadRow(
                        head.secretId(),
                        head.componentId(),
                        to.value(),
                        head.version(),
                        head.deleted(),
                        head.schemaType(),
                        head.created(),
                        head.updated(),
                        sequence,
                        head.digest(),
                        new byte[0])));
    }
}
