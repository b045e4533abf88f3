package dev.coffer.vault;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KeyFile;
import dev.coffer.crypto.Passphrase;
import dev.coffer.crypto.RecoveryCode;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.InvalidException;
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
    abstract Credential credential(Set<SlotKind> kinds);

    /** The credential for a new slot, and what the slot is called; a missing key file is made. */
    abstract NewCredential newCredential();

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
     */
    record NewCredential(Credential credential, String label, Optional<Path> madeFile) {}

    private static final class FromFile extends KeyInput {
        private final Path path;

        FromFile(Path path) {
            this.path = path.toAbsolutePath().normalize();
        }

        @Override
        Credential credential(Set<SlotKind> kinds) {
            return readKeyFile(path);
        }

        @Override
        NewCredential newCredential() {
            PrivateFiles.sweepTemporaries(path);
            if (PrivateFiles.exists(path)) {
                return new NewCredential(readKeyFile(path), path.toString(), Optional.empty());
            }
            KeyFile key = KeyFile.random();
            write(path, key);
            return new NewCredential(key, path.toString(), Optional.of(path));
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
        Credential credential(Set<SlotKind> kinds) {
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
        NewCredential newCredential() {
            return new NewCredential(Passphrase.of(utf8), "", Optional.empty());
        }

        @Override
        public void close() {
            Arrays.fill(utf8, (byte) 0);
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
