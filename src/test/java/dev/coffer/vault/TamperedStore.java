package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A store with something of everything in it, to be tampered with; and ways to say what is found. */
final class TamperedStore {
    static final char[] PASSPHRASE = "correct horse battery".toCharArray();
    static final UUID RECORD = new UUID(7, 1);
    static final UUID OTHER_RECORD = new UUID(7, 2);
    static final SecretName ALPHA = SecretName.of("alpha");
    static final SecretName BETA = SecretName.of("beta");
    static final SecretName GONE = SecretName.of("gone");

    private TamperedStore() {}

    /** alpha has versions 1 to 3, beta 1 and 2, gone is deleted; two records; a key file and a passphrase slot. */
    static TestHome create() {
        TestHome home = TestHome.create();
        fill(home);
        return home;
    }

    static void fill(TestHome home) {
        home.using(vault -> {
            ComponentSecrets secrets = vault.secretsOf(HERE);
            secrets.register(TestHome.secret("alpha", "k", "a1"));
            secrets.register(TestHome.secret("beta", "k", "b1"));
            secrets.register(TestHome.secret("gone", "k", "g1"));
            secrets.update(TestHome.secret("alpha", "k", "a2"), OptionalLong.empty());
            secrets.update(TestHome.secret("beta", "k", "b2"), OptionalLong.empty());
            secrets.delete(GONE, OptionalLong.empty());
            vault.changeRecords(List.of(
                    new RecordChange.Insert(
                            "target", RECORD, "first", "body 1".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    new RecordChange.Insert("target", OTHER_RECORD, "second", new byte[] {2})));
            try (KeyInput passphrase = KeyInput.passphrase(PASSPHRASE)) {
                vault.keys().addSlot(passphrase);
            }
            secrets.update(TestHome.secret("alpha", "k", "a3"), OptionalLong.empty());
        });
    }

    /** Other values for a column, each of which has to be noticed. */
    static List<Object> mutations(@Nullable Object value) {
        List<Object> others = new ArrayList<>();
        if (value instanceof byte[] bytes) {
            for (int bit : new int[] {0, bytes.length * 4, bytes.length * 8 - 1}) {
                if (bytes.length > 0) {
                    byte[] flipped = bytes.clone();
                    flipped[bit / 8] ^= (byte) (1 << bit % 8);
                    others.add(flipped);
                }
            }
            others.add(Arrays.copyOf(bytes, bytes.length + 1));
            others.add(Arrays.copyOf(bytes, Math.max(0, bytes.length - 1)));
            others.add(new byte[bytes.length + 3]);
            others.add(new byte[0]);
        } else if (value instanceof Long number) {
            for (long other : new long[] {
                number + 1, number - 1, number + (1L << 32), number ^ Long.MIN_VALUE, 0, 1, 2, -1, Long.MAX_VALUE
            }) {
                if (other != number) {
                    others.add(other);
                }
            }
        } else {
            String text = String.valueOf(value);
            others.addAll(List.of(text + "x", text + "\0", "", "\0", text.toUpperCase(java.util.Locale.ROOT) + " "));
            if (!text.isEmpty()) {
                others.add((char) (text.charAt(0) ^ 1) + text.substring(1));
            }
        }
        others.removeIf(other -> other instanceof byte[] b && value instanceof byte[] v && Arrays.equals(b, v));
        return others;
    }

    static String shown(String table, String column, Object value) {
        return table + "." + column + " = "
                + (value instanceof byte[] b ? java.util.HexFormat.of().formatHex(b) : value);
    }

    /** Verify names a subject, with one of these kinds. */
    static void assertNamed(TestHome home, Set<Finding.Kind> kinds, String subject, String what) {
        assertNamed(home, Unlocker.NONE, kinds, subject, what);
    }

    static void assertNamed(TestHome home, Unlocker key, Set<Finding.Kind> kinds, String subject, String what) {
        List<Finding> findings;
        try (Vault vault = new Vault(home.options(key))) {
            findings = vault.verify(Progress.NONE).findings();
        }
        assertTrue(
                findings.stream()
                        .anyMatch(f -> kinds.contains(f.kind()) && f.subject().contains(subject)),
                () -> what + ": verify says only " + findings);
    }

    /** Verify names a subject, with this kind and these words. */
    static void assertNamed(TestHome home, Finding.Kind kind, String subject, String words) {
        List<Finding> findings = home.findings();
        assertTrue(
                findings.stream()
                        .anyMatch(f -> f.kind() == kind
                                && f.subject().contains(subject)
                                && f.sentence().contains(words)),
                () -> "verify says only " + findings);
    }

    static void assertSound(TestHome home) {
        List<Finding> findings = home.findings();
        assertTrue(findings.isEmpty(), findings::toString);
    }

    static Map<String, Object> head(RawStore raw, String name) {
        return raw.row("SELECT * FROM secret WHERE name = ?", name);
    }

    static Map<String, Object> version(RawStore raw, String name, long version) {
        return raw.row(
                "SELECT v.* FROM secret_version v JOIN secret s USING (secret_id) WHERE s.name = ? AND v.version = ?",
                name,
                version);
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
