package dev.coffer.vault;

import dev.coffer.crypto.ContentJson;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.VersionRow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

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
        byte[] clear = ContentJson.encode(origin, content.content());
        try {
            HeadRow next = put(head, name.value(), kind, content.schemaType(), false, clear);
            return new WriteReceipt(name, next.version(), true);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** Writes a tombstone as the next version of a live secret. */
    void writeTombstone(HeadRow head) {
        put(
                Optional.of(head),
                head.name(),
                LogKind.DELETE,
                head.schemaType(),
                true,
                ContentJson.encode("delete", Map.of()));
    }

    private HeadRow put(
            Optional<HeadRow> head, String name, LogKind kind, String schemaType, boolean deleted, byte[] clear) {
        head.ifPresent(change::current); // nothing goes on from a head that somebody put back
        UUID secretId = head.map(HeadRow::secretId).orElseGet(UUID::randomUUID);
        long version = change.versionAfter(head.map(HeadRow::version).orElse(0L));
        long now = change.now();
        VersionRow row = change.insertVersion(
                kind,
                new VersionRow(secretId, version, schemaType, now, deleted, 0, 0, new byte[0], new byte[0]),
                clear);
        HeadRow next = change.signed(new HeadRow(
                secretId,
                componentId,
                name,
                version,
                deleted,
                schemaType,
                head.map(HeadRow::created).orElse(now),
                now,
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

    private void prune(HeadRow head) {
        if (keepVersions.isEmpty()) {
            return;
        }
        List<Long> newestFirst = change.tables().secrets().versionNumbers(head.secretId());
        // What was deleted can be brought back: its last content stays beside the tombstone.
        int keep = Math.max(keepVersions.getAsInt(), head.deleted() ? 2 : 1);
        for (long version : newestFirst.subList(Math.min(keep, newestFirst.size()), newestFirst.size())) {
            change.append(LogKind.PRUNE, Optional.of(head.secretId()), version, RowMacs.nothing());
            change.tables().secrets().deleteVersion(head.secretId(), version);
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
