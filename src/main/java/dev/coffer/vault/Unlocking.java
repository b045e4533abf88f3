package dev.coffer.vault;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KeyFile;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.KeySlot.Unlocked;
import dev.coffer.crypto.KeychainKey;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.Notices;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.storage.PrivateFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Finds a key that opens one of the slots. */
final class Unlocking {
    private static final String GIVE_TEXT =
            "name a file with the passphrase in COFFER_PASSPHRASE_FILE, or pass --passphrase-fd";

    private final StoreLocation location;
    private final Unlocker unlocker;
    private final Notices notices;

    Unlocking(VaultOptions options) {
        this.location = options.location();
        this.unlocker = options.unlocker();
        this.notices = options.notices();
    }

    /**
     * A slot, and where its key file may be.
     *
     * @param slot the slot
     * @param label the path of the key file that it was made with; a hint, not authenticated
     */
    record LabelledSlot(KeySlot slot, String label) {}

    /**
     * The root key: by the key that the user named, else by a key file that is found, else by the
     * keychain, else by asking. What is told in
     * the end is the damage, if a slot was changed that the key may have been for.
     *
     * @param useLabels whether the key files that the slots' labels name are looked for
     * @throws WrongKeyException if the key given opens nothing
     * @throws LockedException if there is no key
     * @throws IntegrityException if the slot that the key is for was changed
     */
    Unlocked unlock(UUID storeId, List<LabelledSlot> slots, boolean useLabels) {
        if (slots.size() > KeySlot.MAX_SLOTS) {
            throw new IntegrityException(
                    "there are " + slots.size() + " key slots; a store has at most " + KeySlot.MAX_SLOTS, null, null);
        }
        if (slots.isEmpty()) {
            throw new IntegrityException(
                    "the store has no key slot left that this coffer knows: somebody else removed or changed them",
                    location.database().toString(),
                    "restore a backup with 'coffer restore'");
        }
        Set<SlotKind> kinds = EnumSet.noneOf(SlotKind.class);
        slots.forEach(labelled -> kinds.add(labelled.slot().kind()));
        Optional<KeyInput> given = unlocker.given();
        if (given.isPresent()) {
            try (KeyInput input = given.get();
                    Credential credential = input.credential(kinds)) {
                return open(storeId, slots, credential);
            }
        }
        CofferException locked = locked(kinds, " and no key was given");
        for (Path candidate : keyFiles(storeId, useLabels ? slots : List.of())) {
            try (KeyFile key = KeyInput.readKeyFile(candidate)) {
                return open(storeId, slots, key);
            } catch (WrongKeyException e) {
                // The key of another store.
            } catch (IntegrityException e) {
                locked = e; // whoever is asked may know the key to another slot
            } catch (InvalidException | StoreFileException e) {
                if (candidate.equals(location.keyFile(storeId))) {
                    throw e; // the store's own key file cannot be used: say so
                }
            }
        }
        boolean nothingElse = kinds.equals(EnumSet.of(SlotKind.KEYCHAIN)); // then it is said that there is no keychain
        if (kinds.contains(SlotKind.KEYCHAIN)
                && (nothingElse || unlocker.keychain().isPresent())) {
            try {
                Optional<Unlocked> opened = openByKeychain(storeId, slots);
                if (opened.isPresent()) {
                    return opened.get();
                }
                locked = locked instanceof IntegrityException
                        ? locked
                        : locked(kinds, ": the keychain of this account has no key for it");
            } catch (LockedException e) {
                locked = locked instanceof IntegrityException ? locked : keychainTrouble(kinds, e);
            } catch (IntegrityException | InvalidException | WrongKeyException e) {
                locked = e;
            }
        }
        return openByAsking(storeId, slots, kinds, locked);
    }

    /** Whoever is asked for another key is told first why the keychain did not do. */
    private LockedException keychainTrouble(Set<SlotKind> kinds, LockedException e) {
        if (askable(kinds).isEmpty()) {
            return new LockedException(
                    "the store is locked: " + e.getMessage(),
                    location.database().toString(),
                    e.hint().orElse(null),
                    e);
        }
        notices.warn(e.getMessage());
        return locked(kinds, " and no key was given");
    }

    /** Tries the items that the slots name: a store that was copied has slots of other machines as well. */
    private Optional<Unlocked> openByKeychain(UUID storeId, List<LabelledSlot> slots) {
        CofferException trouble = null;
        for (LabelledSlot labelled : slots) {
            Optional<String> keyId = labelled.slot().kind() == SlotKind.KEYCHAIN
                    ? labelled.slot().keyId()
                    : Optional.empty();
            try (KeychainKey key = keyId.flatMap(id -> KeyInput.readKeychain(unlocker.keychain(), id))
                    .orElse(null)) {
                if (key != null) {
                    return Optional.of(open(storeId, slots, key));
                }
            } catch (IntegrityException | InvalidException | WrongKeyException e) {
                trouble = e; // of this item alone
            }
        }
        if (trouble != null) {
            throw trouble;
        }
        return Optional.empty();
    }

    /** The key files that are there: the one that is named after the store, and those that its slots were made with. */
    private List<Path> keyFiles(UUID storeId, List<LabelledSlot> slots) {
        Set<Path> candidates = new LinkedHashSet<>();
        candidates.add(location.keyFile(storeId));
        for (LabelledSlot labelled : slots) {
            if (labelled.slot().kind() == SlotKind.KEY_FILE && !labelled.label().isEmpty()) {
                try {
                    Path path = Path.of(labelled.label());
                    if (path.isAbsolute() && Files.isRegularFile(path)) { // not a pipe that never ends
                        candidates.add(path);
                    }
                } catch (InvalidPathException e) {
                    // Labels are not authenticated before a slot is open; this one is no path.
                }
            }
        }
        return candidates.stream().filter(PrivateFiles::exists).toList();
    }

    private LockedException locked(Set<SlotKind> kinds, String why) {
        String hint = GIVE_TEXT;
        if (askable(kinds).isEmpty()) {
            hint = kinds.contains(SlotKind.KEY_FILE)
                    ? "name its key file in COFFER_KEY_FILE"
                    : "its key is in the keychain of the account that made the store: log in there";
        }
        return new LockedException(
                "the store is locked" + why, location.database().toString(), hint);
    }

    private static Set<String> askable(Set<SlotKind> kinds) {
        Set<String> askable = new TreeSet<>();
        for (SlotKind kind : kinds) {
            if (kind.isText()) {
                askable.add(kind.text());
            }
        }
        return askable;
    }

    private Unlocked openByAsking(UUID storeId, List<LabelledSlot> slots, Set<SlotKind> kinds, CofferException locked) {
        CofferException last = locked;
        Set<String> askable = askable(kinds);
        while (!askable.isEmpty()) {
            Optional<KeyInput> answer = unlocker.ask(askable);
            if (answer.isEmpty()) {
                break;
            }
            try (KeyInput input = answer.get();
                    Credential credential = input.credential(kinds)) {
                return open(storeId, slots, credential);
            } catch (WrongKeyException | InvalidException e) {
                last = e;
            }
        }
        throw last;
    }

    private Unlocked open(UUID storeId, List<LabelledSlot> slots, Credential credential) {
        List<KeySlot> all = slots.stream().map(LabelledSlot::slot).toList();
        return KeySlot.openAny(storeId, all, credential)
                .orElseThrow(() -> new WrongKeyException(
                        "the " + credential.kind().text().replace('-', ' ') + " opens no key slot of this store",
                        location.database().toString(),
                        "'coffer doctor' shows which slots the store has"));
    }
}
