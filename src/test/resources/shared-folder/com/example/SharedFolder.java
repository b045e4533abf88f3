package com.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.UntrustedStorage;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.secrets.WrongKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A flavor that keeps each secret in an encrypted file of a folder that several people share, on NFS or in Dropbox:
 *
 * <pre>
 * FOLDER/key-check         tells a wrong key from a damaged file
 * FOLDER/.lock             one writer at a time
 * FOLDER/1f0c…/9be2…       a folder for each scope, a file for each secret that is or was there
 * </pre>
 *
 * <p>Who has the folder and not the key sees how many secrets there are, how long they are (in steps of 256 bytes) and
 * when they change; no name, key or value. Files that were edited, exchanged or moved are noticed. An older copy of a
 * file that is put back is not, except by a synchronization, which remembers the versions that it saw.
 *
 * <p>Files are named by a keyed hash of scope and name: no two names share a file, whatever the file system makes of
 * upper and lower case, and no name is too long. Several processes may write at once where the file system has locks.
 * Services that copy files from machine to machine have none: if two machines change one secret at the same time, the
 * service keeps one of the two files under its name and the other beside it, which coffer leaves alone.
 */
public final class SharedFolder implements SecretsManagerFlavor {
    @Override
    public String name() {
        return "shared-folder";
    }

    @Override
    public String description() {
        return "keeps secrets as encrypted files in a folder that several people share";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> attributes = new ArrayList<>();
        attributes.add(required("folder", "the folder, which must exist; an absolute path", false));
        attributes.add(required("key", "32 random bytes in base64, the same for all who share the folder", true));
        attributes.addAll(SecretScope.attributes());
        return attributes;
    }

    private static AttributeDeclaration required(String name, String description, boolean sensitive) {
        return new AttributeDeclaration(
                name, AttributeDeclaration.Kind.TEXT, true, Optional.empty(), description, sensitive);
    }

    /** Only looks at the attributes, in which references to secrets have been resolved: touches no file. */
    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        return new Manager(definition, schemas);
    }

    private static final class Manager implements SecretsManager, ConditionalWrites, UntrustedStorage {
        private static final int NONCE = 12; // bytes; random ones are safe for 2^32 writes with one key
        private static final int TAG = 128; // bits
        private static final int LONGEST = 32 << 20; // bytes: no secret of coffer's makes a longer file
        private static final String KEY_CHECK = "key-check";

        private final ComponentDefinition definition;
        private final SecretSchemas schemas;
        private final SecretScope scope;
        private final Path folder;
        private final byte[] sealingKey;
        private final byte[] namingKey;
        private boolean closed;

        Manager(ComponentDefinition definition, SecretSchemas schemas) {
            this.definition = definition;
            this.schemas = schemas;
            scope = SecretScope.of(definition);
            folder = absolute(definition.attributes().getOrDefault("folder", ""));
            byte[] key = decoded(definition.attributes().getOrDefault("key", ""));
            sealingKey = mac(key, "seal");
            namingKey = mac(key, "name");
            Arrays.fill(key, (byte) 0);
        }

        private Path absolute(String text) {
            try {
                Path path = Path.of(text);
                if (path.isAbsolute()) {
                    return path;
                }
            } catch (InvalidPathException e) {
                // told below
            }
            throw new InvalidException(
                    "the folder of " + name() + " is not an absolute path", name(), "give it as --folder=/PATH");
        }

        private byte[] decoded(String text) {
            try {
                byte[] key = Base64.getDecoder().decode(text.strip());
                if (key.length == 32) {
                    return key;
                }
            } catch (IllegalArgumentException e) {
                // told below, without the text: it may be a key with a slip of the pen
            }
            throw new InvalidException(
                    "the key of " + name() + " is not 32 bytes in base64",
                    name(),
                    "'openssl rand -base64 32' makes one; keep it in a secret, and give --key='{{NAME.KEY}}'");
        }

        @Override
        public ComponentDefinition definition() {
            return definition;
        }

        // The operations

        @Override
        public WriteReceipt registerSecret(Secret secret) {
            return writing(() -> {
                Secret fit = schemas.fit(secret);
                long last = 0;
                Optional<Entry> there = find(secret.name());
                if (there.isPresent()) {
                    there.get().close();
                    if (there.get().live()) {
                        throw new SecretExistsException(secret.name());
                    }
                    last = there.get().version();
                }
                Instant now = now();
                return write(new Entry(fit.stored(last + 1, now, now), true));
            });
        }

        @Override
        public Secret getSecret(SecretName name) {
            return reading(() -> live(name).secret());
        }

        @Override
        public List<SecretName> getAllSecretKeys() {
            return reading(() -> all(Secret::name));
        }

        @Override
        public Optional<Trace> trace(SecretName name) {
            return reading(() -> {
                Optional<Entry> entry = find(name);
                entry.ifPresent(Entry::close);
                return entry.map(found -> new Trace(found.version(), !found.live()));
            });
        }

        @Override
        public List<SecretSummary> listSecrets() {
            return reading(() -> all(secret -> new SecretSummary(
                    secret.name(),
                    secret.schemaType(),
                    secret.version().orElseThrow(),
                    secret.created().orElseThrow(),
                    secret.updated().orElseThrow())));
        }

        @Override
        public WriteReceipt updateSecret(Secret secret) {
            return update(secret, Optional.empty());
        }

        @Override
        public WriteReceipt updateSecret(Secret secret, long expectedVersion) {
            return update(secret, Optional.of(expectedVersion));
        }

        private WriteReceipt update(Secret secret, Optional<Long> expected) {
            return writing(() -> {
                Secret fit = schemas.fit(secret);
                try (Entry current = live(secret.name())) {
                    expect(current, expected);
                    if (current.secret().sameContentAs(fit)) {
                        return new WriteReceipt(secret.name(), current.version(), false);
                    }
                    Instant created = current.secret().created().orElseThrow();
                    return write(new Entry(fit.stored(current.version() + 1, created, now()), true));
                }
            });
        }

        @Override
        public void deleteSecret(SecretName name) {
            delete(name, Optional.empty());
        }

        @Override
        public void deleteSecret(SecretName name, long expectedVersion) {
            delete(name, Optional.of(expectedVersion));
        }

        private void delete(SecretName name, Optional<Long> expected) {
            writing(() -> {
                try (Entry current = live(name)) {
                    expect(current, expected);
                    return write(current.deleted(now()));
                }
            });
        }

        @Override
        public void deleteAllSecrets() {
            writing(() -> {
                for (SecretName name : all(Secret::name)) {
                    try (Entry current = live(name)) {
                        write(current.deleted(now()));
                    }
                }
                return true;
            });
        }

        @Override
        public Optional<CofferException> check() {
            try {
                return reading(Optional::empty);
            } catch (CofferException e) {
                return Optional.of(e);
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            Arrays.fill(sealingKey, (byte) 0);
            Arrays.fill(namingKey, (byte) 0);
        }

        private static void expect(Entry current, Optional<Long> version) {
            if (version.isPresent() && version.get() != current.version()) {
                SecretName name = current.secret().name();
                throw new ConflictException(
                        "secret " + name + " is at version " + current.version() + ", not " + version.get(),
                        name.value(),
                        "read it again and repeat the change");
            }
        }

        private static Instant now() {
            return Instant.now().truncatedTo(ChronoUnit.MILLIS);
        }

        // Turns

        private interface Work<T> {
            T run() throws IOException;
        }

        /** A file is replaced in one step, so that readers need no lock. */
        private synchronized <T> T reading(Work<T> work) {
            if (closed) {
                throw new IllegalStateException("the secrets manager " + name() + " is closed");
            }
            // Never made here: where a network folder is not mounted, secrets must not go to the empty place.
            if (!Files.isDirectory(folder)) {
                throw new StoreFileException("there is no folder " + folder, name(), "make it, or mount it");
            }
            try {
                checkKey();
                return work.run();
            } catch (IOException e) {
                throw new StoreFileException(
                        "the folder " + folder + " of " + name() + " cannot be used: " + e,
                        name(),
                        "see that it can be read and written, and has space left",
                        e);
            }
        }

        private <T> T writing(Work<T> change) {
            return reading(() -> {
                // File locks hold between processes. Between threads this does: an interned text is the same object for
                // all, also if this class was loaded more than once.
                synchronized (("shared folder " + folder.toRealPath()).intern()) {
                    try (FileChannel lock = FileChannel.open(
                            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                        lock.lock();
                        if (!checkKey()) {
                            replace(KEY_CHECK, new byte[0]);
                        }
                        return change.run();
                    }
                }
            });
        }

        /** False if no key was used in this folder yet. */
        private boolean checkKey() throws IOException {
            // Listed before the check is looked for: a first writer makes the check before anything else.
            List<Path> scopes = listed(folder);
            try {
                if (open(folder.resolve(KEY_CHECK)).isPresent()) {
                    return true;
                }
            } catch (NoSuchFileException e) {
                if (scopes.isEmpty()) {
                    return false;
                }
                throw new IntegrityException(
                        "the folder " + folder + " has secrets and no file " + KEY_CHECK,
                        name(),
                        "wait until all of the folder is there, or bring the file back from a backup");
            }
            throw new WrongKeyException(
                    "the key of " + name() + " does not open the folder " + folder,
                    name(),
                    "all who share a folder give it the same key");
        }

        // Files

        /** A secret, or what is left of a deleted one: its name, and its version, which must not be used again. */
        private record Entry(Secret secret, boolean live) implements AutoCloseable {
            long version() {
                return secret.version().orElseThrow();
            }

            Entry deleted(Instant now) {
                Secret nothing = Secret.ofStored(
                        secret.name(),
                        Secret.ARBITRARY,
                        Map.of(),
                        version() + 1,
                        secret.created().orElseThrow(),
                        now);
                return new Entry(nothing, false);
            }

            @Override
            public void close() {
                secret.close();
            }
        }

        private String scopeFolder() {
            return HexFormat.of().formatHex(mac(namingKey, "scope " + scope));
        }

        private String place(SecretName name) {
            return scopeFolder() + "/" + HexFormat.of().formatHex(mac(namingKey, "secret " + scope + "\0" + name));
        }

        private Entry live(SecretName name) throws IOException {
            return find(name).filter(Entry::live).orElseThrow(() -> new NoSuchSecretException(name));
        }

        private Optional<Entry> find(SecretName name) throws IOException {
            try {
                return Optional.of(read(folder.resolve(place(name))));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        /** Something of each secret in scope, sorted by name. */
        private <T> List<T> all(Function<Secret, T> view) throws IOException {
            NavigableMap<SecretName, T> found = new TreeMap<>();
            for (Path file : listed(folder.resolve(scopeFolder()))) {
                try (Entry entry = read(file)) {
                    if (entry.live()) {
                        found.put(entry.secret().name(), view.apply(entry.secret()));
                    }
                }
            }
            return List.copyOf(found.values());
        }

        /** What this class made in a directory, without copies that a service put beside it. */
        private static List<Path> listed(Path directory) throws IOException {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(
                    directory, file -> file.getFileName().toString().matches("[0-9a-f]{64}"))) {
                List<Path> files = new ArrayList<>();
                stream.forEach(files::add);
                return files;
            } catch (NoSuchFileException e) {
                return List.of();
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }

        private Entry read(Path file) throws IOException {
            byte[] plain = open(file).orElseThrow(() -> new IntegrityException(
                    "the file " + file + " is damaged, or not in its place",
                    name(),
                    "bring it back from a backup; if you remove it, the secret in it is lost"));
            try {
                ByteBuffer from = ByteBuffer.wrap(plain);
                SecretName name = SecretName.ofStored(text(from));
                String type = text(from);
                boolean live = from.get() == 1;
                long version = from.getLong();
                Instant created = Instant.ofEpochMilli(from.getLong());
                Instant updated = Instant.ofEpochMilli(from.getLong());
                Map<String, SecretValue> content = new LinkedHashMap<>();
                for (int left = from.getInt(); left > 0; left--) {
                    String key = text(from);
                    byte[] value = bytes(from);
                    content.put(key, SecretValue.ofUtf8(value));
                    Arrays.fill(value, (byte) 0);
                }
                return new Entry(Secret.ofStored(name, type, content, version, created, updated), live);
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        }

        private WriteReceipt write(Entry entry) throws IOException {
            Secret secret = entry.secret();
            List<byte[]> parts = new ArrayList<>();
            parts.add(secret.name().value().getBytes(UTF_8));
            parts.add(secret.schemaType().getBytes(UTF_8));
            secret.content().forEach((key, value) -> {
                parts.add(key.getBytes(UTF_8));
                parts.add(value.revealUtf8());
            });
            int size = 1 + 3 * Long.BYTES + Integer.BYTES;
            for (byte[] part : parts) {
                size += Integer.BYTES + part.length;
            }
            ByteBuffer plain = ByteBuffer.allocate(size + 255 & ~255); // zeros at the end, which hide the exact length
            try {
                put(plain, parts.get(0));
                put(plain, parts.get(1));
                plain.put((byte) (entry.live() ? 1 : 0)).putLong(entry.version());
                plain.putLong(secret.created().orElseThrow().toEpochMilli());
                plain.putLong(secret.updated().orElseThrow().toEpochMilli());
                plain.putInt(secret.content().size());
                parts.subList(2, parts.size()).forEach(part -> put(plain, part));
                replace(place(secret.name()), plain.array());
            } finally {
                parts.forEach(part -> Arrays.fill(part, (byte) 0));
                Arrays.fill(plain.array(), (byte) 0);
            }
            return new WriteReceipt(secret.name(), entry.version(), true);
        }

        private static void put(ByteBuffer to, byte[] part) {
            to.putInt(part.length).put(part);
        }

        private static byte[] bytes(ByteBuffer from) {
            byte[] part = new byte[from.getInt()];
            from.get(part);
            return part;
        }

        private static String text(ByteBuffer from) {
            return new String(bytes(from), UTF_8);
        }

        /** Writes a file in one step, durably: whoever reads it finds the old content or the new. */
        private void replace(String place, byte[] plain) throws IOException {
            Path file = folder.resolve(place);
            Path parent = file.getParent();
            if (!Files.exists(parent)) {
                Files.createDirectory(parent);
                sync(folder);
            }
            Path temporary = parent.resolve(".new");
            Files.deleteIfExists(temporary); // somebody was interrupted
            try (FileChannel out =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer sealed = ByteBuffer.wrap(seal(place, plain));
                while (sealed.hasRemaining()) {
                    out.write(sealed);
                }
                out.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            sync(parent);
        }

        private static void sync(Path directory) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                // Windows cannot, and needs it less.
            }
        }

        // Encryption: AES-256-GCM, bound to the file's place

        private byte[] seal(String place, byte[] plain) {
            byte[] nonce = new byte[NONCE];
            new SecureRandom().nextBytes(nonce);
            try {
                byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(plain);
                return ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java runtime has AES-GCM", e);
            }
        }

        /** Empty if the file was not written by {@link #seal} with this key for this place. */
        private Optional<byte[]> open(Path file) throws IOException {
            byte[] all;
            try (InputStream in = Files.newInputStream(file)) {
                all = in.readNBytes(LONGEST);
            }
            if (all.length < NONCE + TAG / Byte.SIZE) {
                return Optional.empty();
            }
            String place = folder.relativize(file).toString().replace('\\', '/');
            try {
                return Optional.of(cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE), place)
                        .doFinal(all, NONCE, all.length - NONCE));
            } catch (AEADBadTagException e) {
                return Optional.empty();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java runtime has AES-GCM", e);
            }
        }

        private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(sealingKey, "AES"), new GCMParameterSpec(TAG, nonce));
            cipher.updateAAD(("shared-folder 1 " + place).getBytes(UTF_8));
            return cipher;
        }

        private static byte[] mac(byte[] key, String text) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                return mac.doFinal(text.getBytes(UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java runtime has HMAC", e);
            }
        }
    }
}
