package dev.coffer.stack;

import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.SecretName;
import java.util.Comparator;

/**
 * One value of one secret, named by a component's attribute: {@code {{NAME.KEY}}}. A key that holds dots is written
 * {@code {{NAME[KEY]}}}, because the last dot separates the key from the name.
 *
 * @param secret the secret's name
 * @param key the key inside it
 */
public record Reference(SecretName secret, String key) implements Comparable<Reference> {
    private static final Comparator<Reference> ORDER =
            Comparator.comparing(Reference::secret).thenComparing(Reference::key);

    /**
     * Checks the key.
     *
     * @throws dev.coffer.secrets.InvalidException if the key breaks the grammar of keys
     */
    public Reference {
        key = KeyGrammar.check(key);
    }

    @Override
    public int compareTo(Reference other) {
        return ORDER.compare(this, other);
    }

    /** As it is written in an attribute. */
    @Override
    public String toString() {
        return key.contains(".") ? "{{" + secret + "[" + key + "]}}" : "{{" + secret + "." + key + "}}";
    }
}
