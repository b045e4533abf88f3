package dev.coffer.vault;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KeyFile;
import dev.coffer.crypto.KeychainKey;
import dev.coffer.crypto.Passphrase;
import dev.coffer.crypto.RecoveryCode;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.storage.PrivateFiles;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** What somebody gives to unlock a store, or to make a key slot from. Close it to wipe it. */
public abstract sealed class KeyInput implements AutoCloseable {
    KeyInput() {}

    /** The key file at a path. It is read when it is needed. */
    public static KeyInput keyFile(Path path) {
        return new FromFile(path);
    }

    /**
     * A new key in the keychain of the operating system. Only new slots are made from it: the slots themselves say which
     * key opens them.
     *
     * @param label what the item is called there
     */
    public static KeyInput newInKeychain(Keychain keychain, String label) {
        return new InKeychain(keychain, label, Optional.empty());
    }

    /** The key in the keychain of the operating system that a slot names. */
    static KeyInput inKeychain(Keychain keychain, String keyId) {
        return new InKeychain(keychain, "", Optional.of(keyId));
    }

    /**
     * A passphrase, or a recovery code where one would open the store. The bytes are copied.
     *
     * @throws InvalidException if it is empty or too long
     */
    public static KeyInput passphrase(byte[] utf8) {
        Passphrase.of(utf8).close(); // checks the bounds
        return new FromText(utf8.clone());
    }

    /** As {@link #passphrase(byte[])}; the characters are copied. */
    public static KeyInput passphrase(char[] characters) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(characters));
        byte[] utf8 = new byte[encoded.remaining()];
        encoded.get(utf8);
        try {
            return passphrase(utf8);
        } finally {
            Arrays.fill(utf8, (byte) 0);
            encoded.clear();
            encoded.put(new byte[encoded.remaining()]);
        }
    }

    /**
     * The credential for slots of those kinds; the caller closes it.
     *
     * @throws WrongKeyException if it cannot be one for any of them
     */
    public abstract Credential credential(Set<SlotKind> kinds);

    /** The credential for a new slot, and what the slot is called; a missing key file is made. The caller closes it. */
    public abstract NewCredential newCredential();

    /** Wipes it. */
    @Override
    public abstract void close();

    /** Never what it holds. */
    @Override
    public String toString() {
        return "KeyInput(redacted)";
    }

    /**
     * A credential that a slot is made for.
     *
     * @param credential closed by its user
     * @param label what the slot is called
     * @param madeFile the key file that was made for it
     * @param takeBack removes what was made for it, after the slot could not be made
     */
    public record NewCredential(Credential credential, String label, Optional<Path> madeFile, Runnable takeBack) {
        static NewCredential of(Credential credential, String label) {
            return new NewCredential(credential, label, Optional.empty(), () -> {});
        }

        static NewCredential withNewFile(Credential credential, Path file) {
            return new NewCredential(
                    credential, file.toString(), Optional.of(file), () -> PrivateFiles.deleteQuietly(file));
        }
    }

    private static final class FromFile extends KeyInput {
        private final Path path;

        FromFile(Path path) {
            this.path = path.toAbsolutePath().normalize();
        }

        @Override
        public Credential credential(Set<SlotKind> kinds) {
            return readKeyFile(path);
        }

        @Override
        public NewCredential newCredential() {
            PrivateFiles.sweepTemporaries(path);
            if (PrivateFiles.exists(path)) {
                return NewCredential.of(readKeyFile(path), path.toString());
            }
            KeyFile key = KeyFile.random();
            write(path, key);
            return NewCredential.withNewFile(key, path);
        }

        @Override
        public void close() {}
    }

    private static final class FromText extends KeyInput {
        private final byte[] utf8;

        FromText(byte[] utf8) {
            this.utf8 = utf8;
        }

        @Override
        public Credential credential(Set<SlotKind> kinds) {
            CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
            char[] typed = new char[decoded.remaining()];
            decoded.get(typed);
            decoded.clear();
            decoded.put(new char[decoded.remaining()]);
            try {
                boolean code = kinds.contains(SlotKind.RECOVERY_CODE)
                        && (RecoveryCode.looksLikeOne(typed) || !kinds.contains(SlotKind.PASSPHRASE));
                return code ? RecoveryCode.parse(typed) : Passphrase.of(utf8);
            } catch (InvalidException e) {
                throw new WrongKeyException(
                        "no key slot opens with this: " + e.getMessage(),
                        null,
                        "only a recovery code opens this store");
            } finally {
                Arrays.fill(typed, '\0');
            }
        }

        @Override
        public NewCredential newCredential() {
            return NewCredential.of(Passphrase.of(utf8), "");
        }

        @Override
        public void close() {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private static final class InKeychain extends KeyInput {
        private final Keychain keychain;
        private final String label;
        private final Optional<String> keyId;

        InKeychain(Keychain keychain, String label, Optional<String> keyId) {
            this.keychain = keychain;
            this.label = label;
            this.keyId = keyId;
        }

        @Override
        public Credential credential(Set<SlotKind> kinds) {
            return keyId.flatMap(id -> readKeychain(keychain, id))
                    .orElseThrow(() -> new LockedException(
                            "the keychain of the operating system has no key for the slot",
                            null,
                            "drop the slot, or do this where it was made"));
        }

        /** The item is read back before anything depends on it. */
        @Override
        public NewCredential newCredential() {
            KeychainKey key = KeychainKey.random();
            String id = key.keyId();
            Runnable takeBack = () -> removeQuietly(id);
            byte[] content = key.revealItemContent();
            boolean kept = false;
            try {
                keychain.put(id, label, content);
                readKeychain(keychain, id)
                        .filter(read -> read.keyId().equals(id))
                        .orElseThrow(() -> new LockedException(
                                "the keychain of the operating system did not keep the key that it was given",
                                null,
                                "use another way to unlock the store"))
                        .close();
                kept = true;
                return new NewCredential(key, "", Optional.empty(), takeBack);
            } finally {
                Arrays.fill(content, (byte) 0);
                if (!kept) {
                    takeBack.run();
                    key.close();
                }
            }
        }

        private void removeQuietly(String id) {
            try {
                keychain.remove(id);
            } catch (LockedException e) {
                // What stays in the keychain opens nothing.
            }
        }

        @Override
        public void close() {}
    }

    /**
     * The key in the keychain.
     *
     * @throws InvalidException if the item is not one of coffer's, or damaged
     * @throws LockedException if the keychain is locked or does not answer
     */
    static Optional<KeychainKey> readKeychain(Keychain keychain, String keyId) {
        Optional<byte[]> content = keychain.find(keyId);
        try {
            return content.map(KeychainKey::parse);
        } finally {
            content.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        }
    }

    static KeyFile readKeyFile(Path path) {
        PrivateFiles.requirePrivate(path);
        byte[] content = PrivateFiles.read(path, KeyFile.MAX_FILE_BYTES);
        try {
            return KeyFile.parse(content, path.toString());
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    static void write(Path path, KeyFile key) {
        Path folder = path.getParent();
        if (folder != null) {
            PrivateFiles.createFolders(folder);
        }
        byte[] content = key.revealFileContent();
        try {
            PrivateFiles.writeNew(path, content);
        } catch (FileAlreadyExistsException e) {
            throw new InvalidException("there is a file " + path + " already", path.toString(), "name another file");
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }
}
