package dev.coffer.vault;

import dev.coffer.secrets.LockedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A keychain in memory, which fails when it is told to. It is an unlocker too, and asks with the answer that it has. */
final class FakeKeychain implements Keychain, Unlocker {
    final Map<String, byte[]> items = new LinkedHashMap<>();
    int lookups;
    boolean fails;
    boolean forgets;
    Optional<String> answer = Optional.empty();

    private void requireWorking() {
        if (fails) {
            throw new LockedException("the keychain is broken", null, "mend it");
        }
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public void put(String keyId, String label, byte[] content) {
        requireWorking();
        if (!forgets) {
            items.put(keyId, content.clone());
        }
    }

    @Override
    public Optional<byte[]> find(String keyId) {
        lookups++;
        requireWorking();
        return Optional.ofNullable(items.get(keyId)).map(byte[]::clone);
    }

    @Override
    public void remove(String keyId) {
        requireWorking();
        items.remove(keyId);
    }

    @Override
    public String removal(String keyId) {
        return "remove " + keyId;
    }

    @Override
    public Optional<KeyInput> given() {
        return Optional.empty();
    }

    @Override
    public Optional<KeyInput> ask(Set<String> kinds) {
        Optional<KeyInput> key = answer.map(text -> KeyInput.passphrase(text.toCharArray()));
        answer = Optional.empty();
        return key;
    }

    @Override
    public Keychain keychain() {
        return this;
    }
}
