package dev.coffer.vault;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.RecoveryCode;
import dev.coffer.crypto.RootKey;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.SlotRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Key slots and the rotation of keys. */
public final class KeyService implements KeySlots {
    private final Vault vault;
    private final VaultOptions options;

    KeyService(Vault vault, VaultOptions options) {
        this.vault = vault;
        this.options = options;
    }

    /** The state of the keys. */
    @Override
    public KeyStatus status() {
        return vault.read(view -> {
            Keyring keyring = view.keyring();
            List<KeyStatus.Kek> keks = new ArrayList<>();
            for (int id : keyring.kekIds()) {
                keks.add(new KeyStatus.Kek(
                        String.format("%08x", id),
                        id == keyring.primaryKekId(),
                        view.tables().secrets().countVersionsUnder(id)));
            }
            Instant since = Instant.ofEpochMilli(view.tables().log().lastKeyChange());
            return new KeyStatus(view.storeId(), keyring.generation(), keks, since, keks.size() > 1, infos(view));
        });
    }

    /** All slots, oldest first. */
    @Override
    public List<SlotInfo> slots() {
        return vault.read(KeyService::infos);
    }

    private static List<SlotInfo> infos(StoreView view) {
        List<SlotInfo> infos = new ArrayList<>();
        for (SlotRow row : view.tables().keys().slots()) {
            view.checked(row);
            Optional<KeySlot> slot = known(row);
            infos.add(new SlotInfo(
                    row.id(),
                    row.kind(),
                    row.label(),
                    slot.map(KeySlot::describeParameters).orElse(row.parameters()),
                    slot.flatMap(KeySlot::keyId),
                    Instant.ofEpochMilli(row.created())));
        }
        return infos;
    }

    /** The slot, if this coffer knows its kind. */
    private static Optional<KeySlot> known(SlotRow row) {
        return OpenStore.labelled(List.of(row)).stream()
                .map(Unlocking.LabelledSlot::slot)
                .findFirst();
    }

    /** Adds a slot. Touches no data. */
    @Override
    public SlotInfo addSlot(KeyInput key) {
        KeyInput.NewCredential made = key.newCredential();
        boolean done = false;
        try (Credential credential = made.credential()) {
            SlotInfo info = add(credential, made.label());
            done = true;
            return info;
        } finally {
            if (!done) {
                made.takeBack().run();
            }
        }
    }

    /**
     * Adds a recovery code.
     *
     * @return the code, 44 characters, shown once; the caller wipes it
     */
    @Override
    public char[] addRecoveryCode() {
        try (RecoveryCode code = RecoveryCode.random()) {
            add(code, "");
            return code.revealText();
        }
    }

    private static void requireRoomForSlot(StoreChange change) {
        if (change.tables().keys().slots().size() >= KeySlot.MAX_SLOTS) {
            throw new InvalidException(
                    "the store has " + KeySlot.MAX_SLOTS + " key slots already, which is the limit",
                    null,
                    "remove one with 'coffer key slot remove'");
        }
    }

    private SlotInfo add(Credential credential, String label) {
        while (true) {
            Optional<SlotInfo> added = vault.onOpen(open -> tryToAdd(open, credential, label));
            if (added.isPresent()) {
                return added.get();
            }
        }
    }

    private Optional<SlotInfo> tryToAdd(OpenStore open, Credential credential, String label) {
        RootKey wrapped = open.inTurn(open::rootKey);
        KeySlot slot;
        // Half a second of derivation, before anybody has to wait for the transaction.
        try (RootKey copy = open.inTurn(() -> open.rootKey().copy())) {
            slot = KeySlot.seal(
                    open.storeId(), credential, options.passphraseCost().get(), copy);
        }
        return open.write(change -> {
            if (open.rootKey() != wrapped) {
                return Optional.empty(); // renewed by another thread meanwhile: the slot would open nothing
            }
            requireRoomForSlot(change);
            change.putSlot(slot, label);
            return infos(change).stream()
                    .filter(info -> info.id().equals(slot.id()))
                    .findFirst();
        });
    }

    /**
     * What opens a slot of the kind {@code keychain}, to keep it with {@link #revoke}: its key, which is looked up when it
     * is used.
     *
     * @throws NoSuchRecordException if there is no such slot
     * @throws InvalidException if the slot is of another kind
     */
    public KeyInput inKeychain(UUID id) {
        SlotRow row = vault.read(view -> find(view.tables().keys().slots(), id));
        return known(row).filter(slot -> slot.kind() == SlotKind.KEYCHAIN).flatMap(KeySlot::keyId).stream()
                .map(keyId -> KeyInput.inKeychain(options.unlocker().keychain(), keyId))
                .findFirst()
                .orElseThrow(() -> new InvalidException(
                        "the slot " + id + " is opened by a " + row.kind() + " and not by the keychain",
                        id.toString(),
                        null));
    }

    /**
     * Removes a slot. Touches no data and renews no key: whoever has the credential and any older copy of the store can
     * still open that copy, and with the root key in it every later one; {@link #revoke} is for that. The key file or
     * the keychain's item stays where it is: older copies may have no other slot.
     *
     * @throws NoSuchRecordException if there is no such slot
     * @throws InvalidException if it is the last one
     */
    @Override
    public void removeSlot(UUID id) {
        vault.write(change -> {
            List<SlotRow> slots = change.tables().keys().slots();
            SlotRow row = find(slots, id);
            if (slots.size() == 1) {
                throw lastSlot(id);
            }
            change.removeSlot(row);
            return true;
        });
    }

    /**
     * Removes a slot and renews the root key, the integrity key, the KEK and every DEK, so that the removed credential
     * opens nothing that is written from now on. Every other slot has to be kept, by giving its credential, or dropped, by name.
     *
     * @param id the slot to revoke
     * @param keep the slots to keep, with their credentials
     * @param drop the slots to drop as well
     * @throws InvalidException if a slot is neither kept nor dropped, or none would be left
     * @throws IntegrityException if the store is not sound; nothing is renewed
     */
    public RotationReceipt revoke(UUID id, Map<UUID, KeyInput> keep, List<UUID> drop, Progress progress) {
        vault.onOpen(open -> renewKeys(open, id, keep, drop));
        return new KeyRotation(vault).finish(false, progress);
    }

    /** Damage met halfway would leave a store whose keys are neither the old ones nor the new ones. */
    private void requireSound() {
        int findings = vault.verify(Progress.NONE).findings().size();
        if (findings > 0) {
            throw new IntegrityException(
                    "the store is not sound (" + findings + (findings == 1 ? " finding" : " findings")
                            + "); no key was renewed",
                    options.location().database().toString(),
                    "'coffer verify' names all damage; purge what is damaged, or restore a backup");
        }
    }

    private boolean renewKeys(OpenStore open, UUID id, Map<UUID, KeyInput> keep, List<UUID> drop) {
        List<SlotRow> before = open.read(view -> view.tables().keys().slots());
        requireDecided(before, id, keep, drop);
        requireSound();
        RootKey next = RootKey.random();
        boolean taken = false;
        try {
            List<Resealed> kept = resealKept(open.storeId(), before, keep, next);
            // In one turn, so that no other thread meets the new keyring with the old root key.
            open.inTurn(() -> {
                open.write(change -> renew(change, before, kept, next));
                open.renewRootKey(next);
                return true;
            });
            taken = true;
            return true;
        } finally {
            if (!taken) {
                next.close();
            }
        }
    }

    private static boolean renew(StoreChange change, List<SlotRow> before, List<Resealed> kept, RootKey next) {
        requireUnchanged(before, change.tables().keys().slots());
        before.forEach(change::checked);
        Keyring renewed = change.keyring().withNewKek().withNewIntegrityKey(change.lastSequence());
        signAnew(change, renewed);
        before.forEach(change::removeSlot);
        kept.forEach(slot -> change.putSlot(slot.slot(), slot.label()));
        change.putKeyring(renewed, renewed.seal(next, change.storeId()));
        KeyRotation.markResealing(change);
        return true;
    }

    /** Signs heads and records with the new integrity key, each after it was checked with the old one. */
    private static void signAnew(StoreChange change, Keyring renewed) {
        Keyring old = change.keyring();
        for (UUID id : change.tables().secrets().ids()) {
            change.use(old);
            HeadRow head = change.checked(change.tables().secrets().findHead(id).orElseThrow());
            change.use(renewed);
            change.tables().secrets().update(change.signed(head));
        }
        for (RecordRow row : change.tables().records().all()) {
            change.use(old);
            change.checked(row);
            change.use(renewed);
            change.tables().records().put(change.signed(row));
        }
        change.use(renewed);
    }

    private record Resealed(KeySlot slot, String label) {}

    private List<Resealed> resealKept(UUID storeId, List<SlotRow> rows, Map<UUID, KeyInput> keep, RootKey next) {
        List<Resealed> kept = new ArrayList<>();
        for (Map.Entry<UUID, KeyInput> entry : keep.entrySet()) {
            SlotRow row = find(rows, entry.getKey());
            KeySlot slot = known(row)
                    .orElseThrow(() -> new InvalidException(
                            "this coffer cannot renew the " + row.kind() + " slot " + row.id(), null, "drop it"));
            try (Credential credential = entry.getValue().credential(EnumSet.of(slot.kind()))) {
                slot.open(storeId, credential).close(); // proves that the credential is the slot's
                kept.add(new Resealed(
                        KeySlot.seal(
                                storeId, credential, options.passphraseCost().get(), next),
                        row.label()));
            }
        }
        return kept;
    }

    private static void requireDecided(List<SlotRow> slots, UUID id, Map<UUID, KeyInput> keep, List<UUID> drop) {
        find(slots, id);
        for (SlotRow row : slots) {
            boolean decided = row.id().equals(id) ^ keep.containsKey(row.id()) ^ drop.contains(row.id());
            if (!decided) {
                throw new InvalidException(
                        "the " + row.kind() + " slot " + row.id()
                                + " has to be either kept, with its credential, or dropped",
                        row.id().toString(),
                        "give its credential, or drop it by its id");
            }
        }
        keep.keySet().forEach(kept -> find(slots, kept));
        drop.forEach(dropped -> find(slots, dropped));
        if (keep.isEmpty()) {
            throw lastSlot(id);
        }
    }

    private static void requireUnchanged(List<SlotRow> before, List<SlotRow> now) {
        List<UUID> ids = before.stream().map(SlotRow::id).toList();
        if (!ids.equals(now.stream().map(SlotRow::id).toList())) {
            throw new dev.coffer.secrets.ConflictException(
                    "the key slots were changed meanwhile; nothing was revoked", null, "look at them again");
        }
    }

    /** Gives the store a new KEK and wraps every DEK with it; finishes an interrupted rotation instead, if there is one. */
    @Override
    public RotationReceipt rotate(Progress progress) {
        return new KeyRotation(vault).rotate(false, progress);
    }

    /**
     * As {@link #rotate}, and encrypts every version anew under a new DEK.
     *
     * @throws IntegrityException if the store is not sound; nothing is renewed
     */
    @Override
    public RotationReceipt rotateDeks(Progress progress) {
        requireSound();
        return new KeyRotation(vault).rotate(true, progress);
    }

    /** Whether a passphrase or a recovery code opens the store, which survives the loss of the machine. */
    public boolean hasSlotForText() {
        return vault.read(view -> view.tables().keys().slots()).stream()
                .flatMap(row -> known(row).stream())
                .anyMatch(slot -> slot.kind().isText());
    }

    private static SlotRow find(List<SlotRow> slots, UUID id) {
        Optional<SlotRow> found =
                slots.stream().filter(row -> row.id().equals(id)).findFirst();
        return found.orElseThrow(() -> new NoSuchRecordException(
                "there is no key slot " + id, id.toString(), "'coffer key slot list' shows the slots"));
    }

    private static InvalidException lastSlot(UUID id) {
        return new InvalidException(
                "no key slot would be left, and nobody could open the store again",
                id.toString(),
                "add another slot first with 'coffer key slot add'");
    }
}
