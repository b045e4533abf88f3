package dev.coffer.flavor.postgres;

import dev.coffer.flavor.postgres.KeyTables.Resealed;
import dev.coffer.flavor.postgres.KeyTables.Wrapped;
import dev.coffer.flavor.postgres.PostgresSession.Written;
import dev.coffer.flavor.postgres.TargetTables.Replaced;
import dev.coffer.flavor.postgres.TargetView.StaleKeysException;
import dev.coffer.secrets.Progress;
import dev.coffer.vault.RotationReceipt;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Moves a target from its old KEKs to a new one, in batches of one transaction each, while others read and write. What is
 * left to do is what refers to an old KEK, so that an interrupted rotation goes on where it was. An old KEK is destroyed in
 * a transaction that deletes its row, which the server does only if no row of a secret refers to it, nor one that is being
 * written.
 */
final class TargetRotation {
    private static final String OPERATION = "rotate the keys";
    private static final int BATCH = 50; // bounds the memory: a version has up to some megabytes
    private static final int PASSES = 20;
    private static final UUID FIRST = new UUID(0, 0);

    private final PostgresSession session;
    private final TargetAccess access;
    private final Clock clock;

    TargetRotation(PostgresSession session, TargetAccess access, Clock clock) {
        this.session = session;
        this.access = access;
        this.clock = clock;
    }

    RotationReceipt rotate(boolean reseal, Progress progress) {
        boolean resumed = begin();
        if (resumed && reseal) {
            finish(true, Progress.NONE); // of what was wrapped anew already, the DEKs are still the old ones
            resumed = begin();
        }
        Finished finished = finish(reseal, progress);
        return new RotationReceipt(finished.generation(), finished.versions(), resumed);
    }

    /** Whether a rotation was begun before that is not finished. */
    private boolean begin() {
        return access.withFreshKeys(
                OPERATION,
                () -> access.withRootKey(OPERATION, (keys, rootKey) -> {
                    if (keys.hasOldKeks()) {
                        access.use(keys);
                        return true;
                    }
                    TargetKeys next = keys.withNewKek(rootKey);
                    replace(keys, next, tables -> new KeyTables(tables).insertKek(next.primaryKekId(), clock.millis()));
                    return false;
                }));
    }

    private interface Step {
        void in(TargetTables tables) throws SQLException;
    }

    /** Puts other keys in the place of those that are there, with what goes with it in the same transaction. */
    private void replace(TargetKeys keys, TargetKeys next, Step step) {
        boolean replaced = session.write(OPERATION, tables -> {
            step.in(tables);
            return new KeyTables(tables).replaceTarget(keys.target(), next.target())
                    ? new Written<>(true, Optional.of(again -> isThere(again, next)))
                    : Written.nothing(false);
        });
        if (!replaced) {
            throw new StaleKeysException();
        }
        access.use(next);
    }

    private static boolean isThere(TargetTables tables, TargetKeys keys) throws SQLException {
        return tables.describe()
                .target()
                .filter(row -> keys.areOf(row.id(), row.generation()))
                .isPresent();
    }

    private record Finished(long generation, long versions) {}

    private Finished finish(boolean reseal, Progress progress) {
        long moved = 0;
        for (int pass = 1; pass <= PASSES; pass++) {
            moved += moveAll(reseal, moved, progress);
            Optional<Long> generation = destroyOldKeks();
            if (generation.isPresent()) {
                return new Finished(generation.get(), moved);
            }
        }
        throw session.errors()
                .failed(
                        OPERATION,
                        "others write with the old keys all the time",
                        "'coffer key rotate --secrets-manager "
                                + session.settings().component() + "' goes on where it was");
    }

    /**
     * A batch.
     *
     * @param last of its versions; null if there is none left
     */
    private record Batch(
            int versions, @org.jspecify.annotations.Nullable VersionRow last) {}

    private long moveAll(boolean reseal, long before, Progress progress) {
        long total = before + count();
        progress.at(before, total);
        UUID id = FIRST;
        long version = 0;
        long moved = 0;
        while (true) {
            UUID afterId = id;
            long afterVersion = version;
            Batch batch = inTransaction((tables, keys) -> moveVersions(tables, keys, afterId, afterVersion, reseal));
            VersionRow last = batch.last();
            if (last == null) {
                break;
            }
            id = last.secretId();
            version = last.version();
            moved += batch.versions();
            progress.at(Math.min(before + moved, total), total);
        }
        moveNames(reseal);
        return moved;
    }

    private long count() {
        return access.withFreshKeys(OPERATION, () -> {
            TargetKeys keys = access.required(OPERATION);
            return session.read(OPERATION, tables -> {
                keys.requireCurrent(tables);
                return new KeyTables(tables)
                        .keks().entrySet().stream()
                                .filter(kek -> kek.getKey() != keys.primaryKekId())
                                .mapToLong(kek -> kek.getValue().versions())
                                .sum();
            });
        });
    }

    private interface Move<T> {
        T in(KeyTables tables, TargetKeys keys) throws SQLException;
    }

    /** What was done twice because its answer was lost does no harm: it is found to be done. */
    private <T> T inTransaction(Move<T> move) {
        return access.withFreshKeys(OPERATION, () -> {
            TargetKeys keys = access.required(OPERATION);
            return session.write(OPERATION, tables -> {
                keys.requireCurrent(tables);
                return new Written<>(move.in(new KeyTables(tables), keys), Optional.of(again -> false));
            });
        });
    }

    private static Batch moveVersions(KeyTables tables, TargetKeys keys, UUID id, long version, boolean reseal)
            throws SQLException {
        List<Wrapped> rows = tables.versionsNotUnder(keys.primaryKekId(), id, version, BATCH);
        if (rows.isEmpty()) {
            return new Batch(0, null);
        }
        List<Resealed> next = new ArrayList<>();
        for (Wrapped row : rows) {
            next.add(new Resealed(row.version(), reseal ? keys.resealed(row) : keys.rewrapped(row.version())));
        }
        boolean[] replaced = tables.replace(next, reseal);
        int count = 0;
        List<Replaced> heads = new ArrayList<>();
        for (int i = 0; i < replaced.length; i++) {
            HeadRow head = rows.get(i).head();
            if (replaced[i]) {
                count++;
            }
            if (replaced[i] && reseal && head.version() == rows.get(i).version().version()) {
                heads.add(new Replaced(head, keys.signed(head, next.get(i))));
            }
        }
        tables.replaceHeads(heads);
        return new Batch(count, rows.get(rows.size() - 1).version());
    }

    private void moveNames(boolean reseal) {
        UUID id = FIRST;
        while (true) {
            UUID after = id;
            Optional<UUID> last = inTransaction((tables, keys) -> {
                List<HeadRow> rows = tables.namesNotUnder(keys.primaryKekId(), after, BATCH);
                List<Replaced> next = new ArrayList<>();
                for (HeadRow row : rows) {
                    next.add(new Replaced(row, reseal ? keys.withResealedName(row) : keys.withRewrappedName(row)));
                }
                tables.replaceHeads(next);
                return rows.isEmpty()
                        ? Optional.empty()
                        : Optional.of(rows.get(rows.size() - 1).secretId());
            });
            if (last.isEmpty()) {
                return;
            }
            id = last.get();
        }
    }

    /** The keyring's generation; empty if something is under an old KEK still. */
    private Optional<Long> destroyOldKeks() {
        return access.withFreshKeys(
                OPERATION,
                () -> access.withRootKey(OPERATION, (keys, rootKey) -> {
                    if (!keys.hasOldKeks()) { // somebody else was quicker
                        return Optional.of(keys.target().generation());
                    }
                    TargetKeys next = keys.withoutOldKeks(rootKey);
                    try {
                        replace(keys, next, tables -> {
                            for (int kek : keys.oldKekIds()) {
                                delete(tables, kek);
                            }
                        });
                    } catch (ReferredToException e) {
                        return Optional.empty();
                    }
                    return Optional.of(next.target().generation());
                }));
    }

    private static void delete(TargetTables tables, int kek) throws SQLException {
        try {
            new KeyTables(tables).deleteKek(kek);
        } catch (SQLException e) {
            if (PostgresErrors.isReferredTo(e)) {
                throw new ReferredToException();
            }
            throw e;
        }
    }

    /** A row refers to a KEK. */
    private static final class ReferredToException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReferredToException() {
            super("referred to", null, false, false);
        }
    }
}
