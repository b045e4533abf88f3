package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.crypto.Binding;
import dev.coffer.crypto.CanonicalBytes;
import dev.coffer.crypto.ContentJson;
import dev.coffer.crypto.Envelope;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.RootKey;
import dev.coffer.crypto.SealedContent;
import dev.coffer.flavor.postgres.KeyTables.Resealed;
import dev.coffer.flavor.postgres.KeyTables.Wrapped;
import dev.coffer.flavor.postgres.TargetView.StaleKeysException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretVersion;
import java.io.IOException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an unlocked target: what its rows are sealed, signed and checked with. What each MAC and digest is computed
 * over is part of the format and never changed.
 */
final class TargetKeys {
    private static final String HINT =
            "restore the tables from a backup of the database; nobody but coffer may write to them";

    private static final String HIDDEN = "a secret with a hidden name";

    private final TargetRow target;
    private final Keyring keyring;

    private TargetKeys(TargetRow target, Keyring keyring) {
        this.target = target;
        this.keyring = keyring;
    }

    /**
     * Opens the keyring of a target.
     *
     * @throws IntegrityException if the row was changed, or belongs to another target or root key
     */
    static TargetKeys open(TargetRow row, RootKey rootKey) {
        Keyring keyring = hinted(() -> Keyring.open(rootKey, row.id(), row.generation(), row.keyring()));
        if (!keyring.verifies(row.mac(), message(row))) {
            throw changed("the entry of the target was changed by somebody else than coffer", null);
        }
        return new TargetKeys(row, keyring);
    }

    /** New keys for a new target. */
    static TargetKeys create(UUID targetId, boolean hideNames, RootKey rootKey) {
        Keyring keyring = Keyring.create();
        TargetRow row =
                new TargetRow(targetId, keyring.generation(), hideNames, keyring.seal(rootKey, targetId), new byte[0]);
        return new TargetKeys(row.withMac(keyring.mac(message(row))), keyring);
    }

    TargetRow target() {
        return target;
    }

    /** Whether the keys are those of the target that is there now. */
    boolean areOf(UUID targetId, long generation) {
        return target.id().equals(targetId) && target.generation() == generation;
    }

    /** Fails if the target has others now. */
    void requireCurrent(TargetTables tables) throws SQLException {
        if (tables.describe()
                .target()
                .filter(row -> areOf(row.id(), row.generation()))
                .isEmpty()) {
            throw new StaleKeysException();
        }
    }

    // KEKs

    List<Integer> kekIds() {
        return keyring.kekIds();
    }

    int primaryKekId() {
        return keyring.primaryKekId();
    }

    /** All but the one in use. */
    Set<Integer> oldKekIds() {
        Set<Integer> ids = new LinkedHashSet<>(keyring.kekIds());
        ids.remove(keyring.primaryKekId());
        return ids;
    }

    boolean hasOldKeks() {
        return keyring.kekIds().size() > 1;
    }

    TargetKeys withNewKek(RootKey rootKey) {
        return with(keyring.withNewKek(), rootKey);
    }

    /** Only for a target where no row refers to one of them. */
    TargetKeys withoutOldKeks(RootKey rootKey) {
        return with(keyring.withoutKeks(oldKekIds()), rootKey);
    }

    private TargetKeys with(Keyring next, RootKey rootKey) {
        TargetRow row = new TargetRow(
                target.id(), next.generation(), target.hideNames(), next.seal(rootKey, target.id()), new byte[0]);
        return new TargetKeys(row.withMac(next.mac(message(row))), next);
    }

    /** The same content, its DEK wrapped with the KEK in use. */
    SealedContent rewrapped(VersionRow row) {
        return hinted(() -> Envelope.rewrap(keyring, binding(row), row.content(), what(row)));
    }

    /**
     * The same content under a new DEK.
     *
     * @throws IntegrityException if it was tampered with: nothing of that kind is made genuine
     */
    SealedContent resealed(Wrapped wrapped) {
        VersionRow row = wrapped.version();
        HeadRow head = wrapped.head();
        if (!keyring.verifies(head.mac(), message(head))
                || (head.version() == row.version() && !MessageDigest.isEqual(head.digest(), digest(row)))) {
            throw changed("the entry of " + what(head) + " was changed by somebody else than coffer", null);
        }
        byte[] clear = hinted(() -> Envelope.open(keyring, binding(row), row.content(), what(row)));
        try {
            return Envelope.seal(keyring, binding(row), clear);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** The head with the digest of its current version after that was sealed anew, signed. */
    HeadRow signed(HeadRow head, Resealed current) {
        HeadRow next = head.withDigest(digest(current.old().withContent(current.next())));
        return next.withMac(keyring.mac(message(next)));
    }

    /** The head with its name's DEK wrapped with the KEK in use; the MAC stays right. */
    HeadRow withRewrappedName(HeadRow head) {
        return head.withSealedName(
                hinted(() -> Envelope.rewrap(keyring, nameBinding(head.secretId()), sealedName(head), HIDDEN)));
    }

    /** The head with its name under a new DEK, signed. */
    HeadRow withResealedName(HeadRow head) {
        if (!keyring.verifies(head.mac(), message(head))) {
            throw changed("the entry of a secret was changed by somebody else than coffer", null);
        }
        byte[] clear = openName(head);
        try {
            HeadRow next = head.withSealedName(Envelope.seal(keyring, nameBinding(head.secretId()), clear));
            return next.withMac(keyring.mac(message(next)));
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    private static String what(VersionRow row) {
        return "version " + row.version() + " of secret " + row.secretId();
    }

    // Names

    /** By what a name is looked up: nothing that the server could compute or compare with a list of names. */
    byte[] nameKey(UUID scopeId, String name) {
        return keyring.fingerprint(CanonicalBytes.forPurpose("coffer postgres name 1")
                .add(target.id())
                .add(scopeId)
                .add(name));
    }

    private Binding nameBinding(UUID secretId) {
        return new Binding("name", target.id(), secretId, 1, "");
    }

    /** The name of a checked head. */
    SecretName name(HeadRow head) {
        String clear = head.name();
        return SecretName.ofStored(clear != null ? clear : new String(openName(head), UTF_8));
    }

    private byte[] openName(HeadRow head) {
        return hinted(() -> Envelope.open(keyring, nameBinding(head.secretId()), sealedName(head), HIDDEN));
    }

    private static SealedContent sealedName(HeadRow head) {
        SealedContent sealed = head.sealedName();
        if (sealed == null) {
            throw changed("a secret has no name", null);
        }
        return sealed;
    }

    // Heads

    /** The first head of a secret, at no version yet. */
    HeadRow newHead(UUID secretId, UUID scopeId, SecretName name, long now) {
        SealedContent sealed = target.hideNames()
                ? Envelope.seal(keyring, nameBinding(secretId), name.value().getBytes(UTF_8))
                : null;
        return new HeadRow(
                secretId,
                scopeId,
                nameKey(scopeId, name.value()),
                target.hideNames() ? null : name.value(),
                sealed,
                0,
                false,
                "",
                now,
                now,
                new UUID(0, 0),
                new byte[0],
                new byte[0]);
    }

    /** The head at a version, signed. */
    HeadRow signed(HeadRow head, VersionRow row) {
        HeadRow next = head.at(row, digest(row));
        return next.withMac(keyring.mac(message(next)));
    }

    /**
     * The head, after its MAC was checked.
     *
     * @param scopeId whose it has to be
     * @param nameKey what it was looked up by; null in a listing
     */
    HeadRow checked(HeadRow head, UUID scopeId, byte @Nullable [] nameKey) {
        boolean asked = head.scopeId().equals(scopeId)
                && (nameKey == null || MessageDigest.isEqual(nameKey, head.nameKey()))
                && (head.name() == null) == target.hideNames();
        if (!asked || !keyring.verifies(head.mac(), message(head))) {
            throw changed(
                    "the entry of " + what(head) + " was changed, moved or renamed by somebody else than coffer",
                    head.name() == null ? null : Printable.text(head.name()));
        }
        return head;
    }

    private static String what(HeadRow head) {
        return head.name() == null ? "a secret" : "secret " + Printable.quote(head.name());
    }

    // Versions

    /** A version, sealed. */
    VersionRow sealed(
            UUID secretId, long version, String schemaType, long created, boolean deleted, UUID writeId, byte[] clear) {
        return new VersionRow(
                secretId,
                version,
                schemaType,
                created,
                deleted,
                writeId,
                Envelope.seal(keyring, binding(secretId, version, schemaType, created, deleted), clear));
    }

    private Binding binding(VersionRow row) {
        return binding(row.secretId(), row.version(), row.schemaType(), row.created(), row.deleted());
    }

    private Binding binding(UUID secretId, long version, String schemaType, long created, boolean deleted) {
        return new Binding("secret", target.id(), secretId, version, schemaType, created, deleted);
    }

    /** The current version of a checked head; null is one that is not there. */
    VersionRow current(HeadRow head, @Nullable VersionRow row, SecretName name) {
        if (row == null || !MessageDigest.isEqual(head.digest(), digest(row))) {
            throw changed(
                    "version " + head.version() + " of secret " + name + " is gone or not the one that was written",
                    name.value());
        }
        return row;
    }

    /** The content of a version; the caller closes it. */
    Secret secret(HeadRow head, VersionRow row, SecretName name) {
        byte[] clear = open(row, name);
        try {
            return Secret.ofStored(
                    name,
                    row.schemaType(),
                    ContentJson.decode(clear).values(),
                    row.version(),
                    Instant.ofEpochMilli(head.created()),
                    Instant.ofEpochMilli(row.created()));
        } catch (IOException e) {
            throw changed("secret " + name + " is not what coffer writes", name.value());
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** What a history tells of a version. */
    SecretVersion outline(VersionRow row, SecretName name) {
        byte[] clear = open(row, name);
        try {
            ContentJson.Outline outline = ContentJson.outline(clear);
            return new SecretVersion(
                    row.version(),
                    row.schemaType(),
                    Instant.ofEpochMilli(row.created()),
                    outline.keys(),
                    outline.origin(),
                    row.deleted());
        } catch (IOException e) {
            throw changed("secret " + name + " is not what coffer writes", name.value());
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    private byte[] open(VersionRow row, SecretName name) {
        String what = "version " + row.version() + " of secret " + name;
        return hinted(() -> Envelope.open(keyring, binding(row), row.content(), what));
    }

    // What MACs and digests are over

    private static CanonicalBytes message(TargetRow t) {
        return CanonicalBytes.forPurpose("coffer postgres target 1")
                .add(t.id())
                .add(t.generation())
                .add(t.hideNames())
                .add(t.keyring());
    }

    private CanonicalBytes message(HeadRow h) {
        String name = h.name();
        SealedContent sealed = h.sealedName();
        return CanonicalBytes.forPurpose("coffer postgres head 1")
                .add(target.id())
                .add(h.secretId())
                .add(h.scopeId())
                .add(h.nameKey())
                .add(name != null)
                .add(name == null ? "" : name)
                .add(sealed == null ? new byte[0] : sealed.payload())
                .add(h.version())
                .add(h.deleted())
                .add(h.schemaType())
                .add(h.created())
                .add(h.updated())
                .add(h.writeId())
                .add(h.digest());
    }

    private static byte[] digest(VersionRow v) {
        return CanonicalBytes.forPurpose("coffer postgres version digest 1")
                .add(v.secretId())
                .add(v.version())
                .add(v.schemaType())
                .add(v.created())
                .add(v.deleted())
                .add(v.writeId())
                .add(v.content().payload())
                .sha256();
    }

    /** What belongs to a store on this machine is no way out here; what is said of key slots is. */
    static <T> T hinted(Supplier<T> opening) {
        try {
            return opening.get();
        } catch (IntegrityException e) {
            throw new IntegrityException(
                    e.getMessage(),
                    e.name().orElse(null),
                    e.hint().filter(hint -> hint.contains("'coffer key slot")).orElse(HINT));
        }
    }

    static IntegrityException changed(String sentence, @Nullable String name) {
        return new IntegrityException(sentence, name, HINT);
    }

    @Override
    public String toString() {
        return "TargetKeys(" + target.id() + ")";
    }
}
