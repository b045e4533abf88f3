package dev.coffer.vault;

import dev.coffer.secrets.LockedException;
import java.util.Optional;

/** Where the operating system has no keychain that coffer can use. */
final class NoKeychain implements Keychain {
    @Override
    public boolean isPresent() {
        return false;
    }

    @Override
    public void put(String keyId, String label, byte[] content) {
        throw new LockedException(
                "coffer finds no keychain of the operating system", null, "on Linux install the command secret-tool");
    }

    @Override
    public Optional<byte[]> find(String keyId) {
        throw new LockedException(
                "coffer finds no keychain of the operating system", null, "on Linux install the command secret-tool");
    }

    @Override
    public void remove(String keyId) {}

    @Override
    public String removal(String keyId) {
        return "";
    }
}
