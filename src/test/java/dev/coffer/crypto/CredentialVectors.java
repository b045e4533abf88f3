package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Makes vectors of key slots, recovery codes and key files, with new random keys. */
final class CredentialVectors {
    private static final String OPENS = "opens";
    private static final String INTEGRITY = "integrity";
    private static final String WRONG_KEY = "wrong-key";
    private static final String INVALID = "invalid";
    private static final UUID STORE = UUID.fromString("c0ffee00-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("c0ffee00-0000-4000-8000-000000000002");

    /** A code with many characters that are mistaken for others: 0 and 1. */
    private static final byte[] CODE = HexFormat.of().parseHex("125ba4ed367fc8115aa308421084210000000000");

    private final List<TestVector> made = new ArrayList<>();
    private final RootKey rootKey = RootKey.random();

    List<TestVector> make() {
        passphraseSlots();
        keyFileSlots();
        recoveryCodeSlots();
        recoveryCodes();
        keyFiles();
        return made;
    }

    private TestVector add(TestVector vector) {
        made.add(vector);
        return vector;
    }

    private TestVector slot(String what, Credential credential, KdfParameters kdf, String comment) {
        KeySlot slot = KeySlot.seal(STORE, credential, kdf, rootKey);
        return add(TestVector.of("slot-" + what, "slot", OPENS, comment)
                .with("store", STORE.toString())
                .with("id", slot.id().toString())
                .with("kind", slot.kind().text())
                .with("parameters", slot.parameters())
                .with("wrappedRootKey", slot.wrappedRootKey())
                .with("checksum", slot.checksum())
                .with("rootKey", rootKey.bytes()));
    }

    private TestVector badSlot(TestVector good, String what, String expect, String comment) {
        return add(good.variant("slot-" + what, expect, comment).without("rootKey"));
    }

    private static void withChecksum(TestVector slot) {
        slot.changed(
                "checksum",
                CanonicalBytes.forPurpose("coffer slot checksum 1")
                        .add(slot.id("store"))
                        .add(slot.id("id"))
                        .add(slot.text("kind"))
                        .add(slot.text("parameters"))
                        .add(slot.bytes("wrappedRootKey"))
                        .sha256());
    }

    private void passphraseSlots() {
        byte[] secret = "correct horse battery staple".getBytes(UTF_8);
        byte[] odd = " leading, trailing, \u0000, naïve \ud83d\ude00\n".getBytes(UTF_8);
        try (Passphrase passphrase = Passphrase.of(secret);
                Passphrase oddPassphrase = Passphrase.of(odd)) {
            slot("passphrase-odd", oddPassphrase, KdfParameters.cheapest(), "taken byte by byte")
                    .with("passphrase", odd);
            slot("passphrase-recommended", passphrase, KdfParameters.recommended(), "the default cost")
                    .with("passphrase", secret);
            TestVector good = slot("passphrase", passphrase, KdfParameters.cheapest(), "the least cost")
                    .with("passphrase", secret);
            String least = good.text("parameters");
            badSlot(good, "passphrase-wrong", WRONG_KEY, "one letter differs")
                    .changed("passphrase", "correct horse battery stable".getBytes(UTF_8));
            withChecksum(badSlot(good, "passphrase-more-passes", WRONG_KEY, "parameters and checksum edited")
                    .changed("parameters", least.replace("t=2", "t=3")));
            withChecksum(badSlot(good, "passphrase-moved", WRONG_KEY, "id and checksum edited")
                    .changed("id", OTHER.toString()));
            badSlot(good, "id-edited", INTEGRITY, "the checksum is the old one").changed("id", OTHER.toString());
            badSlot(good, "store-edited", INTEGRITY, "the checksum is the old one")
                    .changed("store", OTHER.toString());
            badSlot(good, "kind-edited", INTEGRITY, "the checksum is the old one")
                    .changed("kind", "recovery-code");
            badSlot(good, "parameters-edited", INTEGRITY, "the checksum is the old one")
                    .changed("parameters", least.replace("t=2", "t=3"));
            badSlot(good, "wrapped-flipped", INTEGRITY, "the checksum is the old one")
                    .changed("wrappedRootKey", Bytes.flipped(good.bytes("wrappedRootKey"), 77));
            badSlot(good, "checksum-flipped", INTEGRITY, "one bit of the checksum")
                    .changed("checksum", Bytes.flipped(good.bytes("checksum"), 77));
            String[][] refused = {{"one-pass", "t=1"}, {"too-many-passes", "t=21"}, {"passes-spelled-otherwise", "t=02"}
            };
            for (String[] passes : refused) {
                withChecksum(badSlot(good, passes[0], INTEGRITY, "refused whatever the checksum says")
                        .changed("parameters", least.replace("t=2", passes[1])));
            }
            for (String[] memory : new String[][] {{"too-little-memory", "19455"}, {"a-tebibyte", "999999999"}}) {
                withChecksum(badSlot(good, memory[0], INTEGRITY, "refused whatever the checksum says")
                        .changed("parameters", least.replace("19456", memory[1])));
            }
            withChecksum(badSlot(good, "wrapped-cut", INTEGRITY, "refused whatever the checksum says")
                    .changed("wrappedRootKey", Arrays.copyOf(good.bytes("wrappedRootKey"), 59)));
        }
    }

    private void keyFileSlots() {
        try (KeyFile key = KeyFile.random();
                KeyFile other = KeyFile.random();
                Passphrase passphrase = Passphrase.of(key.secret())) {
            String file = new String(key.revealFileContent(), US_ASCII);
            TestVector good = slot("key-file", key, KdfParameters.cheapest(), "the slot names the key's id")
                    .with("keyFile", file);
            badSlot(good, "key-file-wrong", WRONG_KEY, "another key file")
                    .changed("keyFile", new String(other.revealFileContent(), US_ASCII));
            badSlot(good, "key-file-as-passphrase", WRONG_KEY, "the bytes of the key, as a passphrase")
                    .without("keyFile")
                    .with("passphrase", passphrase.secret());
            withChecksum(badSlot(good, "key-file-flipped", INTEGRITY, "the key that it names does not open it")
                    .changed("wrappedRootKey", Bytes.flipped(good.bytes("wrappedRootKey"), 333)));
        }
    }

    private void recoveryCodeSlots() {
        try (RecoveryCode code = RecoveryCode.random();
                RecoveryCode other = RecoveryCode.random()) {
            TestVector good = slot("recovery-code", code, KdfParameters.cheapest(), "the code as it was printed")
                    .with("recoveryCode", new String(code.revealText()));
            badSlot(good, "recovery-code-wrong", WRONG_KEY, "another code, its checksum is right")
                    .changed("recoveryCode", new String(other.revealText()));
            withChecksum(badSlot(good, "recovery-code-as-passphrase", WRONG_KEY, "the same bytes as another kind")
                    .changed("kind", "passphrase")
                    .without("recoveryCode")
                    .with("passphrase", code.secret()));
        }
    }

    private void recoveryCodes() {
        try (RecoveryCode code = RecoveryCode.of(CODE.clone())) {
            String printed = new String(code.revealText());
            code("printed", OPENS, "as printed", printed);
            code(
                    "lower-case",
                    OPENS,
                    "in lower case, with spaces",
                    printed.toLowerCase(Locale.ROOT).replace('-', ' '));
            code(
                    "look-alikes",
                    OPENS,
                    "O for 0, I and L for 1, no groups",
                    printed.replace("-", "")
                            .replace('0', 'O')
                            .replaceFirst("1", "I")
                            .replace('1', 'l'));
            code(
                    "pasted",
                    OPENS,
                    "hard spaces, other dashes, line ends",
                    "\ufeff"
                            + printed.replaceFirst("-", "\u00a0")
                                    .replaceFirst("-", "\u2011")
                                    .replaceFirst("-", "\r\n") + "\n");
            code("typo", INVALID, "one symbol differs", (printed.charAt(0) == 'A' ? "B" : "A") + printed.substring(1));
            code(
                    "transposed",
                    INVALID,
                    "the first two symbols",
                    "" + printed.charAt(1) + printed.charAt(0) + printed.substring(2));
            code("short", INVALID, "a symbol is missing", printed.substring(1));
            code("letter-u", INVALID, "no code has a U", "U" + printed.substring(1));
            code("empty", INVALID, "nothing", "");
        }
    }

    private void code(String what, String expect, String comment, String typed) {
        TestVector vector = add(TestVector.of("recovery-code-" + what, "recovery-code", expect, comment)
                .with("typed", typed));
        if (expect.equals(OPENS)) {
            vector.with("bits", CODE);
        }
    }

    private void keyFiles() {
        try (KeyFile key = KeyFile.random()) {
            String written = new String(key.revealFileContent(), US_ASCII);
            String line = written.substring(written.indexOf('\n') + 1).strip();
            keyFile(key, "written", OPENS, "as it is written", written);
            keyFile(key, "crlf", OPENS, "with carriage returns", written.replace("\n", "\r\n"));
            keyFile(key, "bare", OPENS, "without comment and line end", line);
            keyFile(key, "no-utf-8", OPENS, "a comment in another encoding", "# \u00e9\u00ff\n" + line);
            keyFile(key, "damaged", INVALID, "a digit of the checksum differs", flipLast(line));
            keyFile(key, "two-keys", INVALID, "twice the same", line + "\n" + line);
            keyFile(key, "cut", INVALID, "the last digit is missing", line.substring(0, line.length() - 1));
            keyFile(key, "version-2", INVALID, "a version of the future", line.replace("-v1:", "-v2:"));
            keyFile(key, "empty", INVALID, "no bytes", "");
        }
    }

    private static String flipLast(String line) {
        return line.substring(0, line.length() - 1) + (line.endsWith("0") ? "1" : "0");
    }

    private void keyFile(KeyFile key, String what, String expect, String comment, String content) {
        TestVector vector = add(TestVector.of("key-file-" + what, "key-file", expect, comment)
                .with("content", content.getBytes(ISO_8859_1)));
        if (expect.equals(OPENS)) {
            vector.with("key", key.secret()).with("keyId", key.keyId());
        }
    }
}
