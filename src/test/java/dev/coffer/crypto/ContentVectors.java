package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.KeysetHandle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes vectors of envelopes, keyrings and encrypted files, with new random keys. */
final class ContentVectors {
    private static final String OPENS = "opens";
    /** How far in the log each integrity key signs, by the number of keys. */
    private static final List<String> LAST_SEQUENCES =
            List.of("", "9223372036854775807", "9,9223372036854775807", "9,12,9223372036854775807");

    private static final String INTEGRITY = "integrity";
    private static final UUID STORE = UUID.fromString("c0ffee00-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("c0ffee00-0000-4000-8000-000000000002");
    private static final long CREATED = 1_767_225_600_000L; // 2026-01-01T00:00:00Z
    private static final UUID SECRET = UUID.fromString("5ec2e700-0000-4000-8000-000000000001");

    private final List<TestVector> made = new ArrayList<>();
    private final RootKey rootKey = RootKey.random();
    private final RootKey otherRootKey = RootKey.random();
    private final Keyring first = Keyring.create();
    private final Keyring second = first.withNewKek();
    private final Keyring third = second.withoutKeks(Set.of(first.primaryKekId()));
    private final Keyring revoked = third.withNewIntegrityKey(9);
    private final Keyring revokedTwice = revoked.withNewIntegrityKey(12);

    List<TestVector> make() throws GeneralSecurityException, IOException {
        envelopesThatOpen();
        envelopesThatDoNot();
        keyrings();
        keyringsUnderTheRightKey();
        files();
        return made;
    }

    private TestVector add(TestVector vector) {
        made.add(vector);
        return vector;
    }

    private TestVector envelope(String what, Keyring sealer, Keyring opener, String type, byte[] content) {
        return envelope(what, sealer, opener, new Binding("secret", STORE, SECRET, 7, type, CREATED, false), content);
    }

    private TestVector envelope(String what, Keyring sealer, Keyring opener, Binding binding, byte[] content) {
        SealedContent sealed = Envelope.seal(sealer, binding, content);
        return TestVector.of("envelope-" + what, "envelope", OPENS, "")
                .with("rootKey", rootKey.bytes())
                .with("store", STORE.toString())
                .with("generation", opener.generation())
                .with("keyring", opener.seal(rootKey, STORE))
                .with("purpose", binding.purpose())
                .with("id", SECRET.toString())
                .with("version", binding.version())
                .with("type", binding.type())
                .with("created", binding.created())
                .with("deleted", Boolean.toString(binding.deleted()))
                .with("kekId", sealed.kekId())
                .with("wrappedDek", sealed.wrappedDek())
                .with("payload", sealed.payload())
                .with("content", content);
    }

    private void envelopesThatOpen() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        byte[] json = "{\"values\":{\"username\":\"admin\",\"password\":\"hunter2\"}}".getBytes(UTF_8);
        envelope("short", first, first, "arbitrary", json, "a short content in the smallest size class");
        envelope("empty", first, first, "arbitrary", new byte[0], "no content at all");
        envelope("smallest-class-full", first, first, "arbitrary", Arrays.copyOf(all, 252), "252 bytes fill 256");
        envelope("next-class", first, first, "arbitrary", Arrays.copyOf(all, 253), "253 bytes take 512");
        envelope("every-byte", first, first, "arbitrary", all, "every value that a byte has");
        envelope("multiple-of-4096", first, first, "arbitrary", new byte[4_093], "4,093 bytes take 8,192");
        envelope("type-not-ascii", first, first, "naïve-\ud83d\ude00", json, "text in the binding is UTF-8");
        envelope("under-the-old-kek", first, second, "arbitrary", json, "wrapped before a rotation, read after it");
        envelope("under-the-new-kek", second, third, "arbitrary", json, "the old KEK is gone, the new one stayed");
        Binding tombstone = new Binding("secret", STORE, SECRET, 8, "arbitrary", CREATED + 1, true);
        add(envelope("tombstone", first, first, tombstone, new byte[0]).changed("comment", "a deleted version"));
        Binding record = new Binding("record", STORE, SECRET, 1, "schema");
        add(envelope("record", first, first, record, json).changed("comment", "no time and never deleted"));
    }

    private void envelope(String what, Keyring sealer, Keyring opener, String type, byte[] content, String comment) {
        add(envelope(what, sealer, opener, type, content).changed("comment", comment));
    }

    private void envelopesThatDoNot() {
        TestVector good = envelope("good", first, second, "arbitrary", "hunter2".getBytes(US_ASCII));
        TestVector twin = envelope("twin", first, second, "arbitrary", "hunter2".getBytes(US_ASCII));
        byte[] dek = good.bytes("wrappedDek");
        byte[] payload = good.bytes("payload");
        bad(good, "dek-flipped", "one bit of the wrapped DEK").changed("wrappedDek", Bytes.flipped(dek, 200));
        bad(good, "dek-prefix-flipped", "the first byte, which Tink owns").changed("wrappedDek", Bytes.flipped(dek, 0));
        bad(good, "dek-cut", "a byte less").changed("wrappedDek", Arrays.copyOf(dek, dek.length - 1));
        bad(good, "dek-empty", "no wrapped DEK").changed("wrappedDek", "");
        bad(good, "dek-of-another-seal", "same content, same binding").changed("wrappedDek", twin.text("wrappedDek"));
        bad(good, "payload-of-another-seal", "same content, same binding").changed("payload", twin.text("payload"));
        bad(good, "payload-flipped", "one bit of the payload").changed("payload", Bytes.flipped(payload, 300));
        bad(good, "payload-format-2", "a format of the future").changed("payload", format2(payload));
        bad(good, "payload-cut", "a byte less").changed("payload", Arrays.copyOf(payload, payload.length - 1));
        bad(good, "payload-empty", "no payload").changed("payload", "");
        bad(good, "other-store", "the row in another store").changed("store", OTHER.toString());
        bad(good, "other-id", "the row of another secret").changed("id", OTHER.toString());
        bad(good, "other-version", "the row of another version").changed("version", "8");
        bad(good, "other-type", "the schema type edited").changed("type", "aws");
        bad(good, "other-created", "the time edited").changed("created", Long.toString(CREATED + 1));
        bad(good, "other-deleted", "the version made a tombstone").changed("deleted", "true");
        bad(good, "other-purpose", "a secret's row among records").changed("purpose", "record");
        bad(good, "other-kek-id", "the column edited").changed("kekId", Integer.toString(second.primaryKekId()));
        bad(good, "kek-destroyed", "its KEK is gone")
                .changed("generation", "3")
                .changed("keyring", third.seal(rootKey, STORE));
        bad(good, "other-root-key", "the keyring does not open").changed("rootKey", otherRootKey.bytes());
    }

    private TestVector bad(TestVector good, String what, String comment) {
        return add(good.variant("envelope-" + what, INTEGRITY, comment).without("content"));
    }

    private static byte[] format2(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[0] = 2;
        return changed;
    }

    /**
     * Makes a vector of a keyring that opens.
     *
     * @param signers the keyrings that had the integrity keys as the current one, from the oldest to this
     */
    private TestVector keyring(String what, Keyring keyring, String comment, Keyring... signers) {
        CanonicalBytes message = CanonicalBytes.forPurpose("coffer vector 1").add("message");
        List<String> ids = keyring.kekIds().stream().map(String::valueOf).toList();
        return add(TestVector.of("keyring-" + what, "keyring", OPENS, comment)
                .with("rootKey", rootKey.bytes())
                .with("store", STORE.toString())
                .with("generation", keyring.generation())
                .with("keyring", keyring.seal(rootKey, STORE))
                .with("kekIds", String.join(",", ids))
                .with("message", message.toByteArray())
                .with("lastSequences", LAST_SEQUENCES.get(signers.length))
                .with("logMacs", logMacs(message, signers))
                .with("mac", keyring.mac(message))
                .with("fingerprint", keyring.fingerprint(message)));
    }

    private static String logMacs(CanonicalBytes message, Keyring... signers) {
        return Stream.of(signers)
                .map(signer -> HexFormat.of().formatHex(signer.mac(message)))
                .collect(Collectors.joining(","));
    }

    private void keyrings() {
        TestVector good =
                keyring("new", first, "as a store is made with; mac and fingerprint are those of the message", first);
        keyring("rotating", second, "two KEKs, the newer one primary", second);
        keyring("rotated", third, "the older KEK removed", third);
        keyring("revoked", revoked, "a second integrity key", third, revoked);
        keyring("revoked-twice", revokedTwice, "a third integrity key", third, revoked, revokedTwice);
        byte[] blob = good.bytes("keyring");
        badKeyring(good, "flipped", "one bit").changed("keyring", Bytes.flipped(blob, 500));
        badKeyring(good, "nonce-flipped", "one bit of the nonce").changed("keyring", Bytes.flipped(blob, 9));
        badKeyring(good, "format-2", "a format of the future").changed("keyring", format2(blob));
        badKeyring(good, "cut", "a byte less").changed("keyring", Arrays.copyOf(blob, blob.length - 1));
        badKeyring(good, "empty", "no bytes").changed("keyring", "");
        badKeyring(good, "other-store", "put into another store").changed("store", OTHER.toString());
        badKeyring(good, "other-generation", "the column edited").changed("generation", "2");
        badKeyring(good, "other-root-key", "another root key").changed("rootKey", otherRootKey.bytes());
    }

    private TestVector badKeyring(TestVector good, String what, String comment) {
        return add(good.variant("keyring-" + what, INTEGRITY, comment)
                .without("kekIds")
                .without("message")
                .without("lastSequences")
                .without("logMacs")
                .without("mac")
                .without("fingerprint"));
    }

    private void keyringsUnderTheRightKey() throws GeneralSecurityException {
        TestVector good = made.stream()
                .filter(vector -> vector.name().equals("keyring-new"))
                .findFirst()
                .orElseThrow();
        byte[] clear = rootKey.aead()
                .decrypt(Arrays.copyOfRange(good.bytes("keyring"), 1, good.bytes("keyring").length), keyringData(1));
        ClearKeyring entries = ClearKeyring.parse(clear);
        resealed(good, "no-entries", "no entries", new byte[1]);
        resealed(
                good,
                "no-keysets",
                "three entries without a keyset",
                withoutKeysets(entries).toByteArray());
        resealed(
                good,
                "two-keysets",
                "the integrity key is missing",
                entries.picked(0, 1).toByteArray());
        resealed(good, "count-too-small", "a count of 2 before three entries", entries.toByteArray(2));
        resealed(good, "count-too-great", "a count of 4 before three entries", entries.toByteArray(4));
        resealed(good, "negative-length", "a length of -1", withLength(clear, -1));
        resealed(good, "huge-length", "a length of 2 GiB", withLength(clear, Integer.MAX_VALUE));
        resealed(good, "trailing-byte", "a byte behind the last entry", Arrays.copyOf(clear, clear.length + 1));
        resealed(good, "two-keks", "two KEK entries", entries.picked(0, 0, 1, 2).toByteArray());
        resealed(
                good,
                "kinds-out-of-order",
                "the fingerprint first",
                entries.picked(1, 0, 2).toByteArray());
        resealed(
                good,
                "unknown-kind",
                "an entry of the future",
                entries.with(2, entries.get(2).withKind(4)).toByteArray());
        byte[] raw = Primitives.serialize(
                KeysetHandle.generateNew(Primitives.AES_256_GCM, Primitives.AEAD), Primitives.AEAD);
        resealed(
                good,
                "kek-without-prefix",
                "a KEK that leaves no id",
                entries.with(0, entries.get(0).withKeyset(raw)).toByteArray());
        integrityKeysUnderTheRightKey(good);
    }

    private void integrityKeysUnderTheRightKey(TestVector good) throws GeneralSecurityException {
        byte[] blob = revokedTwice.atGeneration(17).seal(rootKey, STORE);
        ClearKeyring entries =
                ClearKeyring.parse(rootKey.aead().decrypt(Arrays.copyOfRange(blob, 1, blob.length), keyringData(17)));
        resealed(
                good,
                "integrity-keys-out-of-order",
                "up to 12, up to 9, current",
                entries.picked(0, 1, 3, 2, 4).toByteArray());
        resealed(
                good,
                "no-current-integrity-key",
                "up to 9, up to 12",
                entries.picked(0, 1, 2, 3).toByteArray());
        byte[] current = entries.get(4).keyset();
        byte[] retired = entries.get(2).keyset();
        byte[] both = ByteBuffer.allocate(current.length + retired.length)
                .put(retired) // in protobuf format: the later primary key id is the one that counts
                .put(current)
                .array();
        resealed(
                good,
                "retired-key-beside-the-current",
                "an entry with two keys",
                entries.picked(0, 1, 4).with(2, entries.get(4).withKeyset(both)).toByteArray());
    }

    private static ClearKeyring withoutKeysets(ClearKeyring entries) {
        return new ClearKeyring(entries.entries().stream()
                .map(entry -> entry.withKeyset(new byte[0]))
                .toList());
    }

    /** With another length of the first keyset, behind count, kind and number. */
    private static byte[] withLength(byte[] clear, int length) {
        byte[] changed = clear.clone();
        ByteBuffer.wrap(changed).putInt(1 + 1 + 8, length);
        return changed;
    }

    private void resealed(TestVector good, String what, String comment, byte[] clear) throws GeneralSecurityException {
        byte[] encrypted = rootKey.aead().encrypt(clear, keyringData(1));
        byte[] blob = ByteBuffer.allocate(1 + encrypted.length)
                .put((byte) 1)
                .put(encrypted)
                .array();
        badKeyring(good, what, "sealed with the right key: " + comment).changed("keyring", blob);
    }

    private static byte[] keyringData(long generation) {
        return CanonicalBytes.forPurpose("coffer keyring 1")
                .add(1L)
                .add(STORE)
                .add(generation)
                .toByteArray();
    }

    private void files() throws IOException {
        TestVector good = file("short", "a short file", "the database".getBytes(US_ASCII));
        file("empty", "an empty file", new byte[0]);
        byte[] wrapped = good.bytes("wrappedKey");
        byte[] body = good.bytes("body");
        badFile(good, "key-flipped", "one bit of the wrapped key").changed("wrappedKey", Bytes.flipped(wrapped, 99));
        badFile(good, "key-cut", "a byte less").changed("wrappedKey", Arrays.copyOf(wrapped, 59));
        badFile(good, "other-header", "the header edited").changed("header", "HEADER".getBytes(US_ASCII));
        badFile(good, "other-root-key", "another root key").changed("rootKey", otherRootKey.bytes());
        badFile(good, "body-flipped", "one bit of the body").changed("body", Bytes.flipped(body, 8 * 45));
        badFile(good, "salt-flipped", "one bit of the stream's salt").changed("body", Bytes.flipped(body, 8 * 5));
        badFile(good, "body-cut", "a byte less").changed("body", Arrays.copyOf(body, body.length - 1));
        badFile(good, "body-longer", "a byte more").changed("body", Arrays.copyOf(body, body.length + 1));
        badFile(good, "body-empty", "no body").changed("body", "");
    }

    private TestVector file(String what, String comment, byte[] content) throws IOException {
        byte[] header = "header".getBytes(US_ASCII);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (FileCipher cipher = FileCipher.random()) {
            try (OutputStream out = cipher.encrypting(body, header)) {
                out.write(content);
            }
            return add(TestVector.of("file-" + what, "file", OPENS, comment)
                    .with("rootKey", rootKey.bytes())
                    .with("header", header)
                    .with("wrappedKey", cipher.wrap(rootKey, header))
                    .with("body", body.toByteArray())
                    .with("content", content));
        }
    }

    private TestVector badFile(TestVector good, String what, String comment) {
        return add(good.variant("file-" + what, INTEGRITY, comment).without("content"));
    }
}
