package dev.coffer.flavor.postgres;

import dev.coffer.flavor.postgres.TargetTables.Answer;
import dev.coffer.flavor.postgres.TargetTables.Found;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
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

    TargetView(TargetTables tables, TargetKeys keys, UUID scopeId) {
        this.tables = tables;
        this.keys = keys;
        this.scopeId = scopeId;
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
        HeadRow head = keys.checked(found.head(), scopeId, nameKey);
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
            heads.add(keys.checked(found.head(), scopeId, null));
        }
        return heads;
    }

    /** The current content, checked; the caller closes it. */
    final Secret secret(Entry entry) {
        VersionRow row = keys.current(entry.head(), entry.row(), entry.name());
        return keys.secret(entry.head(), row, entry.name());
    }

    /** The row of a version that has content. */
    final VersionRow content(Entry entry, long version) throws SQLException {
        return tables.version(entry.head().secretId(), version)
                .filter(row -> !row.deleted() && row.version() <= entry.head().version())
                .orElseThrow(() -> new NoSuchSecretException(entry.name(), version));
    }
}
