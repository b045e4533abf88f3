package dev.coffer.flavor.postgres;

import dev.coffer.crypto.ContentJson;
import dev.coffer.flavor.postgres.PostgresSession.OvertakenException;
import dev.coffer.flavor.postgres.PostgresSession.Written;
import dev.coffer.flavor.postgres.TargetTables.Replaced;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.WriteReceipt;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One attempt at a write: collects versions and heads, and sends them together. Each head is written only where it is still
 * what was read; that is compared by the server.
 */
final class SecretChange extends TargetView {
    private final Clock clock;
    private final UUID writeId = UUID.randomUUID();
    private final List<HeadRow> added = new ArrayList<>();
    private final List<Replaced> replaced = new ArrayList<>();
    private final List<VersionRow> versions = new ArrayList<>();
    private boolean sent;

    SecretChange(TargetTables tables, TargetKeys keys, UUID scopeId, LastSeen lastSeen, Clock clock) {
        super(tables, keys, scopeId, lastSeen);
        this.clock = clock;
    }

    /** The next version of a secret, which is live afterwards; without an entry it is a new one. */
    WriteReceipt put(Optional<Entry> entry, SecretName name, String origin, Secret content) {
        long version = put(entry.map(Entry::head), name, content.schemaType(), false, origin, content.content());
        return new WriteReceipt(name, version, true);
    }

    /** A tombstone as the next version of a live secret. */
    void bury(HeadRow head, SecretName name) {
        put(Optional.of(head), name, head.schemaType(), true, "delete", Map.of());
    }

    private long put(
            Optional<HeadRow> head,
            SecretName name,
            String schemaType,
            boolean deleted,
            String origin,
            Map<String, SecretValue> values) {
        long now = clock.millis();
        HeadRow old = head.orElseGet(() -> keys.newHead(UUID.randomUUID(), scopeId, name, now));
        byte[] clear = ContentJson.encode(origin, values);
        try {
            VersionRow row = keys.sealed(old.secretId(), old.version() + 1, schemaType, now, deleted, writeId, clear);
            HeadRow next = keys.signed(old, row);
            versions.add(row);
            if (head.isEmpty()) {
                added.add(next);
            } else {
                replaced.add(new Replaced(old, next));
            }
            return row.version();
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /**
     * Sends what was collected.
     *
     * @throws OvertakenException if a head is not what was read any more, or a name is taken
     */
    <T> Written<T> done(T result) throws SQLException {
        if (versions.isEmpty()) {
            return Written.nothing(result);
        }
        replaced.sort(Comparator.comparing(change -> change.old().secretId())); // all writers lock in one order
        if (!tables.insertHeads(added) || !tables.updateHeads(replaced)) {
            throw new OvertakenException();
        }
        tables.insertVersions(versions);
        sent = true;
        VersionRow any = versions.get(0);
        return new Written<>(result, Optional.of(again -> again.hasWritten(any)));
    }

    /** After it was committed. */
    void remember() {
        if (sent) {
            versions.forEach(lastSeen::written);
        }
    }
}
