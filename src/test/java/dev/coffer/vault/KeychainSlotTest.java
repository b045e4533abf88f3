package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.crypto.KeySlot;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.WrongKeyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slots whose key the operating system keeps: a keychain that fails never loses one. */
class KeychainSlotTest {
    private static final SecretName A = SecretName.of("a");
    private static final String PASSPHRASE = "correct horse battery staple";

    private final TestHome home = TestHome.empty();
    private final FakeKeychain keychain = new FakeKeychain();

    @AfterEach
    void removeHome() {
        home.close();
    }

    private Vault createInKeychain() {
        Vault.create(home.options(keychain), Optional.of(KeyInput.newInKeychain(keychain, "x")));
        Vault vault = home.vault(home.options(keychain));
        vault.secretsOf(HERE).register(secret("a", "k", "1"));
        return vault;
    }

    private void assertOpens() {
        try (Vault vault = new Vault(home.options(keychain))) {
            assertEquals(Map.of("k", "1"), revealed(vault.secretsOf(HERE).get(A)));
            assertEquals(List.of(), vault.verify(Progress.NONE).findings());
        }
    }

    private <X extends CofferException> X assertShut(Class<X> error) {
        try (Vault vault = new Vault(home.options(keychain))) {
            return assertThrows(error, () -> vault.secretsOf(HERE).get(A));
        }
    }

    private static SlotInfo add(Vault vault, KeyInput key) {
        try (KeyInput input = key) {
            return vault.keys().addSlot(input);
        }
    }

    private static SlotInfo addPassphrase(Vault vault) {
        return add(vault, KeyInput.passphrase(PASSPHRASE.toCharArray()));
    }

    @Test
    void store_isMadeAndOpenedByTheKeychain_askedOnce() {
        Vault vault = createInKeychain();
        SlotInfo slot = vault.keys().slots().get(0);
        assertEquals("keychain", slot.kind());
        assertEquals(keychain.items.keySet(), java.util.Set.of(slot.keyId().orElseThrow()));
        keychain.lookups = 0;
        assertOpens();
        assertEquals(1, keychain.lookups);
        assertFalse(Files.exists(home.location().keysFolder()), "no key file is made beside it");
    }

    @Test
    void failingKeychain_leavesTheStoreLocked_andTheSlotWhereItIs() {
        createInKeychain();
        keychain.fails = true;
        LockedException e = assertShut(LockedException.class);
        assertEquals("the store is locked: the keychain is broken", e.getMessage());
        assertEquals(Optional.of("mend it"), e.hint());
        keychain.fails = false;
        assertOpens();
    }

    @Test
    void missingItem_leavesTheStoreLocked_andTheSlotWhereItIs() {
        createInKeychain();
        Map<String, byte[]> items = Map.copyOf(keychain.items);
        keychain.items.clear();
        LockedException e = assertShut(LockedException.class);
        assertEquals("the store is locked: the keychain of this account has no key for it", e.getMessage());
        assertTrue(e.hint().orElse("").contains("keychain"), e.hint().toString());
        keychain.items.putAll(items);
        assertOpens();
    }

    @Test
    void failingKeychain_isSaid_beforeAskingForAnotherKey() {
        addPassphrase(createInKeychain());
        keychain.fails = true;
        keychain.answer = Optional.of(PASSPHRASE);
        assertOpens();
        assertTrue(
                home.notices().contains("the keychain is broken"),
                home.notices().toString());
        assertTrue(assertShut(LockedException.class).hint().orElse("").contains("COFFER_PASSPHRASE_FILE"));
        keychain.fails = false;
        assertOpens();
    }

    @Test
    void damagedItem_doesNotStandInTheWayOfAnotherKey() {
        addPassphrase(createInKeychain());
        keychain.items.replaceAll((id, content) -> Arrays.copyOf(content, content.length - 1));
        keychain.answer = Optional.of(PASSPHRASE);
        assertOpens();
        assertShut(InvalidException.class);
    }

    @Test
    void keyOfAnotherSlotInTheItem_isWrongKey() {
        Vault vault = createInKeychain();
        SlotInfo other = add(vault, KeyInput.newInKeychain(keychain, "y"));
        byte[] content = keychain.items.get(other.keyId().orElseThrow());
        vault.keys().removeSlot(other.id());
        keychain.items.replaceAll((id, old) -> content);
        assertShut(WrongKeyException.class);
    }

    @Test
    void itemOfAnotherMachine_doesNotStandInTheWay() {
        Vault vault = createInKeychain();
        String first = vault.keys().slots().get(0).keyId().orElseThrow();
        add(vault, KeyInput.newInKeychain(keychain, "y"));
        byte[] kept = keychain.items.remove(first);
        assertOpens();
        keychain.items.put(first, new byte[10]);
        assertOpens();
        keychain.items.put(first, kept);
        assertOpens();
    }

    @Test
    void keyFile_comesBeforeTheKeychain() {
        Vault.create(home.options(keychain), Optional.empty());
        Vault vault = home.vault(home.options(keychain));
        vault.secretsOf(HERE).register(secret("a", "k", "1"));
        add(vault, KeyInput.newInKeychain(keychain, "x"));
        keychain.lookups = 0;
        assertOpens();
        assertEquals(0, keychain.lookups);
    }

    @Test
    void machineWithoutAKeychain_isSaid_ifNothingElseOpensTheStore() {
        Vault vault = createInKeychain();
        try (Vault without = new Vault(home.options())) {
            LockedException e = assertThrows(
                    LockedException.class, () -> without.secretsOf(HERE).get(A));
            assertEquals("the store is locked: coffer finds no keychain of the operating system", e.getMessage());
            assertTrue(e.hint().orElse("").contains("secret-tool"), e.hint().toString());
        }
        addPassphrase(vault);
        try (Vault without = new Vault(home.options())) {
            LockedException e = assertThrows(
                    LockedException.class, () -> without.secretsOf(HERE).get(A));
            assertTrue(
                    e.hint().orElse("").contains("COFFER_PASSPHRASE_FILE"),
                    e.hint().toString());
        }
    }

    // Making a slot

    @Test
    void keychainThatFailsOrForgets_makesNoSlot() {
        Vault vault = createInKeychain();
        int slots = vault.keys().slots().size();
        keychain.forgets = true;
        assertThrows(LockedException.class, () -> add(vault, KeyInput.newInKeychain(keychain, "y")));
        keychain.fails = true;
        assertThrows(LockedException.class, () -> add(vault, KeyInput.newInKeychain(keychain, "y")));
        keychain.fails = false;
        assertEquals(slots, vault.keys().slots().size());
        assertOpens();
    }

    @Test
    void keychainThatFails_makesNoStore() {
        keychain.fails = true;
        assertThrows(LockedException.class, this::createInKeychain);
        keychain.fails = false;
        keychain.forgets = true;
        assertThrows(LockedException.class, this::createInKeychain);
        assertFalse(Files.exists(home.location().database()));
        keychain.forgets = false;
        createInKeychain();
        assertOpens();
    }

    @Test
    void slotThatCannotBeAdded_leavesNoItem() {
        Vault vault = createInKeychain();
        while (vault.keys().slots().size() < KeySlot.MAX_SLOTS) {
            add(vault, KeyInput.newInKeychain(keychain, "y"));
        }
        assertThrows(InvalidException.class, () -> add(vault, KeyInput.newInKeychain(keychain, "z")));
        assertEquals(KeySlot.MAX_SLOTS, keychain.items.size());
    }

    // Removing, revoking, backing up

    @Test
    void removedSlot_leavesTheItem_forCopiesThatHaveNoOther() {
        Vault vault = createInKeychain();
        Path backup = home.file("backup");
        assertFalse(vault.backup(backup, Progress.NONE).survivesLossOfKeyFile());
        UUID slot = vault.keys().slots().get(0).id();
        addPassphrase(vault);
        vault.keys().removeSlot(slot);
        assertShut(LockedException.class);
        assertEquals(1, keychain.items.size());
        home.closeVaults();
        try (TestHome other = TestHome.empty()) {
            Vault.restore(other.options(keychain), backup, false, Progress.NONE);
            assertEquals(
                    Map.of("k", "1"),
                    revealed(
                            other.vault(other.options(keychain)).secretsOf(HERE).get(A)));
        }
    }

    @Test
    void revocationOfAnother_keepsTheSlotByTheKeychain() {
        Vault vault = createInKeychain();
        UUID kept = vault.keys().slots().get(0).id();
        SlotInfo revoked = addPassphrase(vault);
        keychain.fails = true;
        assertThrows(
                LockedException.class,
                () -> vault.keys()
                        .revoke(revoked.id(), Map.of(kept, vault.keys().inKeychain(kept)), List.of(), Progress.NONE));
        keychain.fails = false;
        assertOpens();
        assertEquals(2, vault.keys().slots().size());
        vault.keys().revoke(revoked.id(), Map.of(kept, vault.keys().inKeychain(kept)), List.of(), Progress.NONE);
        assertEquals(1, vault.keys().slots().size());
        assertOpens();
        assertThrows(
                InvalidException.class,
                () -> vault.keys().inKeychain(addPassphrase(vault).id()));
    }

    // Doctor

    @Test
    void doctor_saysWhatIsWrongWithTheKeychain() {
        Vault vault = createInKeychain();
        assertTrue(findings().contains("only what is on this machine opens the store"), findings());
        vault.keys().addRecoveryCode();
        assertEquals("", findings());
        keychain.items.clear();
        assertTrue(findings().contains("has no key for the slot"), findings());
        keychain.fails = true;
        assertTrue(findings().contains("the keychain is broken"), findings());
    }

    @Test
    void doctor_saysThatAnItemHoldsAnotherKey() {
        Vault vault = createInKeychain();
        vault.keys().addRecoveryCode();
        SlotInfo other = add(vault, KeyInput.newInKeychain(keychain, "y"));
        byte[] content = keychain.items.get(other.keyId().orElseThrow());
        keychain.items.replaceAll((id, old) -> content);
        assertTrue(findings().contains("holds another key than that of the slot"), findings());
        assertFalse(findings().contains(other.id().toString()), findings());
    }

    @Test
    void doctor_saysThatAnItemIsDamaged_andLooksAtTheOthers() {
        Vault vault = createInKeychain();
        vault.keys().addRecoveryCode();
        SlotInfo other = add(vault, KeyInput.newInKeychain(keychain, "y"));
        keychain.items.replaceAll((id, content) -> new byte[10]);
        keychain.items.remove(other.keyId().orElseThrow());
        assertTrue(findings().contains("is of no use now: the item in the keychain is not a coffer key"), findings());
        assertTrue(findings().contains("has no key for the slot " + other.id()), findings());
    }

    /** Each question may take a minute, and whoever writes to the file can add slots. */
    @Test
    void doctor_asksAKeychainThatDoesNotAnswer_onlyOnce() {
        Vault vault = createInKeychain();
        add(vault, KeyInput.newInKeychain(keychain, "y"));
        add(vault, KeyInput.newInKeychain(keychain, "z"));
        keychain.fails = true;
        keychain.lookups = 0;
        String findings = findings();
        assertTrue(findings.contains("the keychain is broken"), findings);
        assertEquals(2, keychain.lookups, "for the slots, and to unlock the store");
    }

    private String findings() {
        StringBuilder text = new StringBuilder();
        Vault.examine(home.options(keychain)).symptoms().stream()
                .filter(symptom -> !symptom.sentence().contains("locked"))
                .forEach(symptom -> text.append(symptom.sentence()).append('\n'));
        return text.toString();
    }

    @Test
    void editedSlot_isAnIntegrityFailure_notAnotherKeysSlot() {
        createInKeychain();
        home.closeVaults();
        RawStore.of(home).change("UPDATE slot SET wrapped_root_key = zeroblob(60)");
        assertShut(IntegrityException.class);
    }
}
