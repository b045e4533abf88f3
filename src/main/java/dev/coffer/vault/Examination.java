package dev.coffer.vault;

import dev.coffer.crypto.KeychainKey;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import dev.coffer.storage.PrivateFiles;
import dev.coffer.storage.SlotRow;
import dev.coffer.storage.StoreDatabase;
import dev.coffer.storage.StoreRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks a store over and goes on after each trouble, so that all of it is told at once. What needs no key is told without
 * one.
 */
final class Examination {
    // NIST SP 800-57 part 1 (5.3.6) advises at most two years for a key that wraps keys; one leaves room.
    private static final Duration OLD = Duration.ofDays(365);

    private final VaultOptions options;
    private final StoreLocation location;
    private final List<Diagnosis.Symptom> symptoms = new ArrayList<>();
    private final List<String> slots = new ArrayList<>();
    private boolean unlocked;

    Examination(VaultOptions options) {
        this.options = options;
        this.location = options.location();
    }

    Diagnosis run() {
        if (!PrivateFiles.exists(location.database())) {
            add(new StoreCreation(options).missing());
            return diagnosis();
        }
        attempt(this::examinePermissions);
        boolean safe = symptoms.stream().allMatch(symptom -> symptom.code() == ExitCode.DONE);
        attempt(this::examineKeyFiles);
        boolean sound = attempt(this::examineWithoutKey);
        if (safe && sound) {
            attempt(this::examineKeys);
        }
        attempt(this::examineLeftovers);
        return diagnosis();
    }

    private Diagnosis diagnosis() {
        return new Diagnosis(slots, unlocked, symptoms);
    }

    private void examinePermissions() {
        Path database = location.database();
        int before = symptoms.size();
        attempt(() -> PrivateFiles.requirePrivateFolder(location.dataFolder()));
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            attempt(() -> PrivateFiles.requirePrivate(database.resolveSibling(database.getFileName() + suffix)));
        }
        boolean safe = symptoms.size() == before;
        if (safe && PrivateFiles.openToOthers(location.dataFolder())) {
            advise(
                    "others can see which files are in " + location.dataFolder(),
                    "chmod 700 " + PrivateFiles.quoted(location.dataFolder()));
        }
        if (PrivateFiles.openToOthers(location.marker())) {
            advise(
                    "others can read or change the marker " + location.marker(),
                    "chmod 600 " + PrivateFiles.quoted(location.marker()));
        }
    }

    private void examineKeyFiles() {
        for (Path file : StoreCreation.list(location.keysFolder())) {
            if (file.getFileName().toString().endsWith(".key")) {
                attempt(() -> KeyInput.readKeyFile(file).close());
            }
        }
        attempt(() -> PrivateFiles.requirePrivateFolder(location.keysFolder()));
    }

    /** The identity of the store, its marker and its slots. */
    private void examineWithoutKey() {
        MarkerFile marker = new MarkerFile(location.marker());
        Optional<Marker> seen = marker.read();
        if (seen.isEmpty()) {
            advise(
                    "the marker " + location.marker() + " is missing: an older copy of the store would not be noticed",
                    "coffer verify");
        }
        List<SlotRow> rows = new ArrayList<>();
        try (StoreDatabase database = StoreDatabase.open(location.database())) {
            for (String trouble : database.checkStructure()) {
                symptoms.add(new Diagnosis.Symptom(
                        ExitCode.INTEGRITY,
                        "SQLite finds the file damaged: " + trouble,
                        Optional.of("coffer restore FILE")));
            }
            database.read(tables -> {
                rows.addAll(tables.keys().slots());
                rows.forEach(row -> slots.add(row.kind()));
                Optional<StoreRow> store = tables.keys().store();
                Optional<LogRow> superseding = seen.isEmpty() || store.isEmpty()
                        ? Optional.empty()
                        : MarkerCheck.compare(seen.get(), tables, store.get().storeId(), location.database());
                return superseding.isPresent();
            });
        }
        examineKeychain(rows);
        if (slots.stream().allMatch("key-file"::equals)) {
            advise(
                    "only key files open the store: they protect copies of the database, not a home folder that is"
                            + " stolen as a whole, and without them the secrets are lost",
                    "coffer key slot add --recovery-code");
        } else if (slots.stream().allMatch(kind -> kind.equals("key-file") || kind.equals("keychain"))) {
            advise(
                    "only what is on this machine opens the store, a key in the keychain among it: without the machine"
                            + " the secrets are lost",
                    "coffer key slot add --recovery-code");
        }
    }

    private void examineKeychain(List<SlotRow> rows) {
        Keychain keychain = options.unlocker().keychain();
        for (Unlocking.LabelledSlot labelled : OpenStore.labelled(rows)) {
            Optional<String> keyId = labelled.slot().keyId();
            if (labelled.slot().kind() == SlotKind.KEYCHAIN && keyId.isPresent()) {
                String remedy = "coffer key slot add --keychain";
                try (KeychainKey key =
                        KeyInput.readKeychain(keychain, keyId.get()).orElse(null)) {
                    if (key == null) {
                        advise(
                                "the keychain of this account has no key for the slot "
                                        + labelled.slot().id(),
                                remedy);
                    } else if (!key.keyId().equals(keyId.get())) {
                        advise(
                                "the keychain holds another key than that of the slot "
                                        + labelled.slot().id(),
                                remedy);
                    }
                } catch (InvalidException e) {
                    advise(ofNoUse(labelled, e), e.hint().orElse(remedy));
                } catch (LockedException e) {
                    advise(ofNoUse(labelled, e), e.hint().orElse(remedy));
                    return; // the others are in the same keychain, and each question may take a minute
                }
            }
        }
    }

    private static String ofNoUse(Unlocking.LabelledSlot labelled, CofferException e) {
        return "the keychain slot " + labelled.slot().id() + " is of no use now: " + e.getMessage();
    }

    private void examineKeys() {
        try (Vault vault = new Vault(options)) {
            KeyStatus status = vault.keys().status();
            unlocked = true;
            if (status.rotationPending()) {
                advise("a rotation of the keys was interrupted", "coffer key rotate");
            }
            Duration age = Duration.between(status.keksSince(), options.clock().instant());
            if (age.compareTo(OLD) > 0) {
                advise("the key-encryption key is " + age.toDays() + " days old", "coffer key rotate");
            }
            Outgrown.in(vault).forEach(found -> advise(found.sentence(), found.remedy()));
        } catch (LockedException e) {
            advise(
                    "the store is locked, so its keys were not examined",
                    e.hint().orElse("give the key in COFFER_KEY_FILE or COFFER_PASSPHRASE_FILE"));
        }
    }

    private void examineLeftovers() {
        String name = location.database().getFileName().toString();
        for (Path file : StoreCreation.list(location.dataFolder())) {
            String other = file.getFileName().toString();
            boolean partial = other.startsWith("." + name + ".") && other.endsWith(".tmp");
            if (partial || other.startsWith(".new-")) {
                advise(
                        "an operation was interrupted, or is still running, and left " + file,
                        "the next 'coffer backup' or 'coffer restore' removes it");
            } else if (other.startsWith(name + ".replaced-") || other.startsWith(name + ".schema-")) {
                advise("an earlier state of the store is kept in " + file, "rm " + PrivateFiles.quoted(file));
            }
        }
    }

    private boolean attempt(Runnable part) {
        try {
            part.run();
            return true;
        } catch (CofferException e) {
            add(e);
            return false;
        }
    }

    private void add(CofferException e) {
        Diagnosis.Symptom symptom = new Diagnosis.Symptom(
                e.exitCode(), e.getMessage(), e.hint().map(hint -> hint.replaceFirst("^" + PrivateFiles.MEND, "")));
        if (!symptoms.contains(symptom)) {
            symptoms.add(symptom);
        }
    }

    private void advise(String sentence, String remedy) {
        symptoms.add(new Diagnosis.Symptom(ExitCode.DONE, sentence, Optional.of(remedy)));
    }
}
