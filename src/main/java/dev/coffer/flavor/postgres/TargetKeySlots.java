package dev.coffer.flavor.postgres;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KdfParameters;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.RecoveryCode;
import dev.coffer.crypto.SlotKind;
import dev.coffer.flavor.postgres.KeyTables.KekRow;
import dev.coffer.flavor.postgres.KeyTables.SlotRow;
import dev.coffer.flavor.postgres.PostgresSession.Written;
import dev.coffer.flavor.postgres.TargetView.StaleKeysException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeySlots;
import dev.coffer.vault.KeyStatus;
import dev.coffer.vault.RotationReceipt;
import dev.coffer.vault.SlotInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The keys of a target. Slots are listed and removed without being able to open one: whoever may write to the tables may
 * have put so many there that unlocking is given up.
 */
final class TargetKeySlots implements KeySlots {
    private final PostgresSession session;
    private final TargetAccess access;
    private final Clock clock;
    private final Supplier<KdfParameters> passphraseCost;

    TargetKeySlots(PostgresSession session, TargetAccess access, Clock clock, Supplier<KdfParameters> passphraseCost) {
        this.session = session;
        this.access = access;
        this.clock = clock;
        this.passphraseCost = passphraseCost;
    }

    @Override
    public KeyStatus status() {
        String operation = "read the state of the keys";
        return access.withFreshKeys(operation, () -> {
            TargetKeys keys = access.required(operation);
            return session.read(operation, tables -> {
                keys.requireCurrent(tables);
                Map<Integer, KekRow> rows = new KeyTables(tables).keks();
                List<KeyStatus.Kek> keks = new ArrayList<>();
                for (int id : keys.kekIds()) {
                    KekRow row = rows.getOrDefault(id, new KekRow(0, 0));
                    keks.add(new KeyStatus.Kek(String.format("%08x", id), id == keys.primaryKekId(), row.versions()));
                }
                return new KeyStatus(
                        keys.target().id(),
                        keys.target().generation(),
                        keks,
                        Instant.ofEpochMilli(rows.getOrDefault(keys.primaryKekId(), new KekRow(0, 0))
                                .created()),
                        keys.hasOldKeks(),
                        infos(new KeyTables(tables).slots()));
            });
        });
    }

    @Override
    public List<SlotInfo> slots() {
        String operation = "list the key slots";
        access.requireTarget(operation);
        return session.read(operation, tables -> infos(new KeyTables(tables).slots()));
    }

    private String command(String verb) {
        return "'coffer key " + verb + " --secrets-manager "
                + session.settings().component() + "'";
    }

    private static List<SlotInfo> infos(List<SlotRow> rows) {
        return rows.stream().map(TargetKeySlots::info).toList();
    }

    private static SlotInfo info(SlotRow row) {
        KeySlot slot = row.slot();
        return new SlotInfo(
                slot.id(), slot.kind().text(), "", parameters(slot), slot.keyId(), Instant.ofEpochMilli(row.created()));
    }

    private static String parameters(KeySlot slot) {
        try {
            return Printable.text(slot.describeParameters());
        } catch (IntegrityException e) {
            return "not of coffer's making";
        }
    }

    @Override
    public SlotInfo addSlot(KeyInput key) {
        KeyInput.NewCredential made = key.newCredential();
        boolean done = false;
        try (Credential credential = made.credential()) {
            if (credential.kind() == SlotKind.KEYCHAIN) {
                throw new UnsupportedByFlavorException(
                        "a target in PostgreSQL is not opened by a key in a keychain",
                        session.settings().component(),
                        "add a passphrase, a key file or a recovery code");
            }
            SlotInfo info = add(credential);
            done = true;
            return info;
        } finally {
            if (!done) {
                made.takeBack().run();
            }
        }
    }

    @Override
    public char[] addRecoveryCode() {
        try (RecoveryCode code = RecoveryCode.random()) {
            add(code);
            return code.revealText();
        }
    }

    private SlotInfo add(Credential credential) {
        String operation = "add a key slot";
        return access.withFreshKeys(
                operation,
                () -> access.withRootKey(operation, (keys, rootKey) -> {
                    KeySlot slot = KeySlot.seal(keys.target().id(), credential, passphraseCost.get(), rootKey);
                    SlotRow row = new SlotRow(slot, clock.millis());
                    return session.write(operation, tables -> {
                        KeyTables to = new KeyTables(tables);
                        if (!to.lockTarget(keys.target().id())) {
                            throw new StaleKeysException();
                        }
                        if (to.slots().size() >= KeySlot.MAX_SLOTS) {
                            throw new InvalidException(
                                    "the target of " + session.settings().component() + " has " + KeySlot.MAX_SLOTS
                                            + " key slots already, which is the limit",
                                    session.settings().component(),
                                    command("slot remove") + " removes one");
                        }
                        to.insertSlot(slot, row.created());
                        return new Written<>(info(row), Optional.of(again -> isThere(again, slot.id())));
                    });
                }));
    }

    private static boolean isThere(TargetTables tables, UUID slotId) throws java.sql.SQLException {
        return new KeyTables(tables)
                .slots().stream().anyMatch(row -> row.slot().id().equals(slotId));
    }

    @Override
    public void removeSlot(UUID id) {
        String operation = "remove a key slot";
        UUID targetId = access.requireTarget(operation).id();
        session.write(operation, tables -> {
            KeyTables from = new KeyTables(tables);
            if (!from.lockTarget(targetId)) { // of two who remove the last but one, one waits
                throw session.errors().failed(operation, "the target was replaced meanwhile", "look at it again");
            }
            List<SlotRow> slots = from.slots();
            if (slots.stream().noneMatch(row -> row.slot().id().equals(id))) {
                throw new NoSuchRecordException(
                        "there is no key slot " + id, id.toString(), command("slot list") + " shows the slots");
            }
            boolean others = slots.stream()
                    .map(SlotRow::slot)
                    .anyMatch(slot -> !slot.id().equals(id) && slot.isIntact(targetId));
            if (!others) {
                throw new InvalidException(
                        "no key slot would be left, and nobody could open the target again",
                        id.toString(),
                        command("slot add") + " adds another one first");
            }
            from.deleteSlot(id);
            return new Written<>(true, Optional.of(again -> !isThere(again, id)));
        });
    }

    @Override
    public RotationReceipt rotate(Progress progress) {
        return new TargetRotation(session, access, clock).rotate(false, progress);
    }

    @Override
    public RotationReceipt rotateDeks(Progress progress) {
        return new TargetRotation(session, access, clock).rotate(true, progress);
    }
}
