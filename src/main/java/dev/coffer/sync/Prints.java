package dev.coffer.sync;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SyncStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a secret holds, without its values.
 *
 * @param schemaType its schema's TYPE; empty if there is no secret
 * @param keys each key's keyed fingerprint
 */
record Prints(String schemaType, SortedMap<String, String> keys) {
    /** Of no secret at all. */
    static final Prints NONE = new Prints("", new TreeMap<>());

    Prints {
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }

    static Prints of(Secret secret, SyncStore store) {
        SortedMap<String, String> keys = new TreeMap<>();
        for (Map.Entry<String, SecretValue> entry : secret.content().entrySet()) {
            keys.put(entry.getKey(), store.fingerprint(entry.getKey(), entry.getValue()));
        }
        return new Prints(secret.schemaType(), keys);
    }

    /**
     * One text for all of it: equal exactly for equal content of one name. Made of keyed fingerprints, so no plain hash of
     * a value; and of the name, so that it does not tell which secrets hold the same.
     */
    String digest(SecretName name) {
        if (equals(NONE)) {
            return "";
        }
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            add(sha256, name.value());
            add(sha256, schemaType);
            keys.forEach((key, print) -> {
                add(sha256, key);
                add(sha256, print);
            });
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (bytes.length >> shift));
        }
        digest.update(bytes);
    }

    @Override
    public String toString() {
        return "Prints(" + schemaType + ", " + keys.keySet() + ")";
    }
}
