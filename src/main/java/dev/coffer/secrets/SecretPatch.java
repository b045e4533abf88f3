package dev.coffer.secrets;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A change to some keys of a secret that leaves its other keys alone.
 *
 * @param set keys to add or to give another value; the values are not closed
 * @param remove keys that shall be gone
 * @param schemaType the type that the secret gets; empty keeps the one it has
 */
public record SecretPatch(Map<String, SecretValue> set, Set<String> remove, Optional<String> schemaType) {
    /**
     * Checks the keys.
     *
     * @throws InvalidException if a key breaks the grammar, is set twice, or is both set and removed
     */
    public SecretPatch {
        Map<String, SecretValue> setCopy = new LinkedHashMap<>();
        for (Map.Entry<String, SecretValue> entry : set.entrySet()) {
            String key = KeyGrammar.check(entry.getKey());
            if (setCopy.put(key, entry.getValue()) != null) {
                throw new InvalidException(
                        "the key " + key + " is set twice", key, "the keys differ only in their Unicode form");
            }
        }
        Set<String> removeCopy = new LinkedHashSet<>();
        for (String raw : remove) {
            String key = KeyGrammar.check(raw);
            if (setCopy.containsKey(key)) {
                throw new InvalidException("the key " + key + " is both set and removed", key, null);
            }
            removeCopy.add(key);
        }
        set = java.util.Collections.unmodifiableMap(setCopy);
        remove = java.util.Collections.unmodifiableSet(removeCopy);
        schemaType = schemaType.map(SchemaGrammar::check);
    }

    /**
     * The secret with this change made. Its values are copies.
     *
     * @throws NoSuchSecretException if a key that shall be removed is not there
     * @throws InvalidException if the result breaks a limit
     */
    public Secret applyTo(Secret current) {
        Map<String, SecretValue> merged = new LinkedHashMap<>(current.content());
        for (String key : remove) {
            if (merged.remove(key) == null) {
                throw new NoSuchSecretException(current.name(), key);
            }
        }
        merged.putAll(set);
        merged.replaceAll((key, value) -> value.copy());
        return Secret.of(current.name(), schemaType.orElse(current.schemaType()), merged);
    }

    /** The keys, not the values. */
    @Override
    public String toString() {
        return "SecretPatch(set " + set.keySet() + ", remove " + remove + ")";
    }
}
