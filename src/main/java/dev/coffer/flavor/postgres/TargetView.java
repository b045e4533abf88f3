package dev.coffer.flavor.postgres;

import dev.coffer.flavor.postgres.TargetTables.Answer;
import dev.coffer.flavor.postgres.TargetTables.Found;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretVersion;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The secrets of one scope, each row checked before anything of it is believed. */
class TargetView {
    final TargetTables tables;
    final TargetKeys keys;
    final UUID scopeId;
    final LastSeen lastSeen;

    TargetView(TargetTables tables, TargetKeys keys, UUID scopeId, LastSeen lastSeen) {
        this.tables = tables;
        this.keys = keys;
        this.scopeId = scopeId;
        this.lastSeen = lastSeen;
    }

    /** The keys are those of a target that is not there any more, or has others now. */
    static final class StaleKeysException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StaleKeysException() {
            super("stale keys", null, false, false);
        }
    }

    /**
     * What a name has.
     *
     * @param head checked
     * @param row the current version, not checked yet: whoever does not need it gets along if it is damaged
     */
    record Entry(SecretName name, HeadRow head, @Nullable VersionRow row) {}

    private <T> List<T> rows(Answer<T> answer) {
        UUID targetId = answer.targetId();
        if (targetId == null || !keys.areOf(targetId, answer.generation())) {
            throw new StaleKeysException();
        }
        return answer.rows();
    }

    /** Live or deleted. */
    final Optional<Entry> find(SecretName name) throws SQLException {
        byte[] nameKey = keys.nameKey(scopeId, name.value());
        List<Found> rows = rows(tables.find(scopeId, nameKey));
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        Found found = rows.get(0);
        HeadRow head = lastSeen.checked(keys.checked(found.head(), scopeId, nameKey));
        return Optional.of(new Entry(name, head, found.version()));
    }

    final Entry liveOrDeleted(SecretName name) throws SQLException {
        return find(name).orElseThrow(() -> new NoSuchSecretException(name));
    }

    final Entry live(SecretName name) throws SQLException {
        Entry entry = liveOrDeleted(name);
        if (entry.head().deleted()) {
            throw new NoSuchSecretException(name);
        }
        return entry;
    }

    /** All heads of the scope, deleted ones included. */
    final List<HeadRow> heads() throws SQLException {
        List<HeadRow> heads = new ArrayList<>();
        for (Found found : rows(tables.heads(scopeId))) {
            heads.add(lastSeen.checked(keys.checked(found.head(), scopeId, null)));
        }
        return heads;
    }

    /** The current content, checked; the caller closes it. */
    final Secret secret(Entry entry) {
        VersionRow row = keys.current(entry.head(), entry.row(), entry.name());
        return keys.secret(entry.head(), row, entry.name());
    }

    /**
     * The row of a version that has content. The current one is the very row that the head names. An earlier one is of this
     * secret and this version, and some client made it; if several did, because all but one lost a race or were undone, it
     * may be another one than that which was current.
     */
    final VersionRow content(Entry entry, long version) throws SQLException {
        HeadRow head = entry.head();
        if (version < 1 || version > head.version()) {
            throw new NoSuchSecretException(entry.name(), version);
        }
        VersionRow row = version == head.version()
                ? keys.current(head, entry.row(), entry.name())
                : tables.version(head.secretId(), version).orElse(null);
        if (row == null) {
            throw gone(entry, version);
        }
        if (keys.outline(row, entry.name()).deleted()) { // opened: the column alone proves nothing
            throw new NoSuchSecretException(entry.name(), version);
        }
        return row;
    }

    /** All versions, newest first; what {@link #content} says of a version is true of each. */
    final List<SecretVersion> history(Entry entry) throws SQLException {
        HeadRow head = entry.head();
        List<SecretVersion> history = new ArrayList<>();
        history.add(keys.outline(keys.current(head, entry.row(), entry.name()), entry.name()));
        for (VersionRow row : tables.versions(head.secretId())) {
            if (row.version() < head.version()) { // what was written since is not in the head
                requireNext(entry, history, row.version());
                history.add(keys.outline(row, entry.name()));
            }
        }
        requireNext(entry, history, 0);
        return history;
    }

    private void requireNext(Entry entry, List<SecretVersion> history, long version) throws SQLException {
        long expected = history.get(history.size() - 1).version() - 1;
        if (version != expected) {
            throw gone(entry, expected);
        }
    }

    /** No version goes away alone: the secret was purged meanwhile, or somebody else than coffer did it. */
    private RuntimeException gone(Entry entry, long version) throws SQLException {
        boolean there = find(entry.name())
                .filter(now -> now.head().secretId().equals(entry.head().secretId()))
                .isPresent();
        return there
                ? TargetKeys.changed(
                        "version " + version + " of secret " + entry.name() + " is gone",
                        entry.name().value())
                : new NoSuchSecretException(entry.name());
    }
}
