package dev.coffer.flavor.postgres;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KdfParameters;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.RootKey;
import dev.coffer.crypto.SlotKind;
import dev.coffer.flavor.postgres.PostgresSession.Written;
import dev.coffer.flavor.postgres.TargetMigration.ForeignTablesException;
import dev.coffer.flavor.postgres.TargetTables.Described;
import dev.coffer.flavor.postgres.TargetView.StaleKeysException;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.vault.KeyInput;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Unlocks the target, once; and makes tables, keyring and key slots where there are none. */
final class TargetAccess {
    /** The newest schema that this coffer knows. */
    static final int SCHEMA = 2;

    private static final int MIGRATION_ATTEMPTS = 3;
    private static final int UNLOCKINGS = 10; // a rotation replaces the keys twice
    private static final Duration MIGRATION_TIME = Duration.ofMinutes(1); // Flyway waits for others to be done

    private final PostgresSession session;
    private final PostgresSettings settings;
    private final Clock clock;
    private final Supplier<KdfParameters> passphraseCost;
    private final LastSeen lastSeen = new LastSeen();
    private volatile @Nullable TargetKeys keys;

    TargetAccess(PostgresSession session, Clock clock, Supplier<KdfParameters> passphraseCost) {
        this.session = session;
        this.settings = session.settings();
        this.clock = clock;
        this.passphraseCost = passphraseCost;
    }

    LastSeen lastSeen() {
        return lastSeen;
    }

    /** Lets go of the keys. */
    void forget() {
        keys = null;
    }

    /**
     * The keys of the target that is there.
     *
     * @return empty if there is none
     */
    Optional<TargetKeys> existing(String operation) {
        return keys(operation, false);
    }

    /** The keys of the target, which is made if there is none. */
    TargetKeys existingOrNew(String operation) {
        return keys(operation, true).orElseThrow();
    }

    private Optional<TargetKeys> keys(String operation, boolean create) {
        return session.exclusively(() -> {
            TargetKeys known = keys;
            if (known != null) {
                return Optional.of(known);
            }
            Described described = described(operation);
            Optional<TargetKeys> found = described.target().map(row -> unlock(operation, row));
            if (described.version() < SCHEMA && (create || described.version() > 0)) {
                described = migrate(operation);
                found.ifPresent(opened -> announceKeks(operation, opened));
            }
            if (found.isEmpty()) {
                found = described.target().map(row -> unlock(operation, row));
            }
            if (found.isEmpty() && create) {
                found = Optional.of(create(operation));
            }
            found.ifPresent(opened -> lastSeen.checked(opened.target()));
            keys = found.orElse(null);
            return found;
        });
    }

    /** A migration knows only those that are in use. */
    private void announceKeks(String operation, TargetKeys opened) {
        session.write(operation, tables -> {
            for (int id : opened.kekIds()) {
                new KeyTables(tables).insertKek(id, clock.millis());
            }
            return new Written<>(true, Optional.of(again -> false));
        });
    }

    /** Runs alone, and again if the keys are not those of the target any more. */
    <T> T withFreshKeys(String operation, Supplier<T> body) {
        return session.exclusively(() -> {
            for (int n = 1; n <= UNLOCKINGS && !(n > 1 && session.isLate()); n++) {
                try {
                    return body.get();
                } catch (StaleKeysException e) {
                    forget();
                }
            }
            throw session.errors().failed(operation, "the target or its keys are replaced all the time", "try again");
        });
    }

    /**
     * The keys of the target.
     *
     * @throws NoSuchRecordException if there is none
     */
    TargetKeys required(String operation) {
        return existing(operation).orElseThrow(this::noTarget);
    }

    /**
     * What the tables say of the target, without unlocking it.
     *
     * @throws NoSuchRecordException if there is none
     */
    TargetRow requireTarget(String operation) {
        return described(operation).target().orElseThrow(this::noTarget);
    }

    private NoSuchRecordException noTarget() {
        return new NoSuchRecordException(
                "the secrets manager " + settings.component() + " has no keys yet",
                settings.component(),
                "the first secret that is registered makes them");
    }

    /** Puts the keys that the target has now in the place of those that it had. */
    void use(TargetKeys next) {
        lastSeen.checked(next.target());
        keys = next;
    }

    /** Unlocks the target as it is now, and hands over its root key, which is closed afterwards. */
    <T> T withRootKey(String operation, BiFunction<TargetKeys, RootKey, T> use) {
        required(operation); // brings older tables up to date
        return unlock(operation, requireTarget(operation), use);
    }

    private Described described(String operation) {
        Described described = session.read(operation, tables -> {
            try {
                return tables.describe();
            } catch (SQLException e) {
                if (PostgresErrors.isNoTable(e)) {
                    return new Described(0, Optional.empty());
                }
                throw e;
            }
        });
        if (described.version() > SCHEMA) {
            throw new NewerStoreException(
                    "the tables of " + settings.component() + " were written by a newer coffer: schema "
                            + described.version() + ", this one knows " + SCHEMA,
                    settings.component(),
                    "use that version of coffer");
        }
        return described;
    }

    /** Two that start at once may get into each other's way before Flyway has its lock. */
    private Described migrate(String operation) {
        for (int attempt = 1; ; attempt++) {
            CofferException failed = null;
            try {
                TargetMigration.run(
                        new PostgresConnector(settings),
                        settings.schema(),
                        settings.requestTimeout().plus(MIGRATION_TIME));
            } catch (SQLException e) {
                failed = session.errors().translate(operation, e, "");
            } catch (ForeignTablesException e) {
                failed = session.errors().foreignTables();
            }
            Described described = described(operation);
            if (described.version() == SCHEMA) {
                return described;
            }
            if (failed != null && attempt >= MIGRATION_ATTEMPTS) {
                throw failed;
            }
            if (failed == null) {
                throw session.errors().failed(operation, "the tables were not made", null);
            }
        }
    }

    // Unlocking

    private TargetKeys unlock(String operation, TargetRow row) {
        return unlock(operation, row, (opened, rootKey) -> opened);
    }

    private <T> T unlock(String operation, TargetRow row, BiFunction<TargetKeys, RootKey, T> use) {
        try (RootKey rootKey = rootKey(operation, row)) {
            return use.apply(TargetKeys.open(row, rootKey), rootKey);
        }
    }

    private RootKey rootKey(String operation, TargetRow row) {
        if (settings.hideNames().isPresent() && settings.hideNames().get() != row.hideNames()) {
            throw new InvalidException(
                    "the secrets manager " + settings.component() + " has another hide-names than its target, which "
                            + (row.hideNames() ? "hides" : "shows") + " them",
                    settings.component(),
                    "remove the attribute hide-names, or use another schema");
        }
        List<KeySlot> slots = session.read(operation, tables -> new KeyTables(tables).slots()).stream()
                .map(KeyTables.SlotRow::slot)
                .toList();
        if (slots.isEmpty() || slots.size() > KeySlot.MAX_SLOTS) {
            throw TargetKeys.changed(
                    slots.isEmpty() ? "the target has no key slot" : "the target has too many key slots", null);
        }
        Set<SlotKind> kinds = EnumSet.noneOf(SlotKind.class);
        slots.forEach(slot -> kinds.add(slot.kind()));
        CofferException trouble = null;
        CofferException damage = null;
        for (Supplier<KeyInput> given : inputs()) {
            try (KeyInput input = given.get();
                    Credential credential = input.credential(kinds)) {
                Optional<KeySlot.Unlocked> opened =
                        TargetKeys.hinted(() -> KeySlot.openAny(row.id(), slots, credential));
                if (opened.isPresent()) {
                    return opened.get().rootKey();
                }
                trouble = wrongKey(credential.kind());
            } catch (IntegrityException e) {
                damage = e; // of one slot; what else is given may do
            } catch (WrongKeyException | InvalidException | StoreFileException e) {
                trouble = e;
            }
        }
        if (damage != null) {
            throw damage;
        }
        throw trouble == null ? wrongKey(SlotKind.PASSPHRASE) : trouble;
    }

    private WrongKeyException wrongKey(SlotKind kind) {
        return new WrongKeyException(
                "the " + kind.text().replace('-', ' ') + " of the secrets manager " + settings.component()
                        + " opens no key slot of its target",
                settings.component(),
                "give the one that the target was made with");
    }

    /** The key file first: it costs no half second. */
    private List<Supplier<KeyInput>> inputs() {
        List<Supplier<KeyInput>> inputs = new ArrayList<>();
        settings.keyFile().ifPresent(path -> inputs.add(() -> KeyInput.keyFile(path)));
        settings.passphrase().ifPresent(text -> inputs.add(() -> KeyInput.passphrase(text.toCharArray())));
        return inputs;
    }

    // Making

    private TargetKeys create(String operation) {
        List<KeyInput.NewCredential> made = new ArrayList<>();
        try (RootKey rootKey = RootKey.random()) {
            TargetKeys fresh =
                    TargetKeys.create(UUID.randomUUID(), settings.hideNames().orElse(false), rootKey);
            List<KeySlot> slots = new ArrayList<>();
            for (Supplier<KeyInput> given : inputs()) {
                try (KeyInput input = given.get()) {
                    KeyInput.NewCredential credential = input.newCredential();
                    made.add(credential);
                    slots.add(
                            KeySlot.seal(fresh.target().id(), credential.credential(), passphraseCost.get(), rootKey));
                }
            }
            boolean won = session.write(operation, tables -> {
                if (!tables.insertTarget(fresh.target())) {
                    return Written.nothing(false);
                }
                KeyTables to = new KeyTables(tables);
                for (KeySlot slot : slots) {
                    to.insertSlot(slot, clock.millis());
                }
                to.insertKek(fresh.primaryKekId(), clock.millis());
                return new Written<>(
                        true,
                        Optional.of(again -> again.describe()
                                .target()
                                .filter(row -> row.id().equals(fresh.target().id()))
                                .isPresent()));
            });
            if (won) {
                return fresh;
            }
            // A key file that was made stays: whoever won may have read it, and its slot may be the only one.
        } finally {
            made.forEach(credential -> credential.credential().close());
        }
        TargetRow others = described(operation)
                .target()
                .orElseThrow(() -> session.errors().failed(operation, "the target vanished", "try again"));
        return unlock(operation, others);
    }
}
