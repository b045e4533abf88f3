package dev.coffer.flavor.vault;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.util.Optional;

/**
 * Where a secret of a scope lies below the mount point. Names stay as they are, for the people who look with other tools:
 * {@code prod/db} of the scope {@code global} is the entry {@code coffer/global/prod/db}. Of the scope {@code none}, whose
 * secrets lie at the mount point itself, the folder {@code coffer} is left out.
 */
final class VaultPaths {
    private static final String ROOT = "coffer/";
    private static final SecretName ANY = SecretName.of("x");

    private final String prefix;

    VaultPaths(SecretScope scope) {
        String path = scope.path(ANY, '/');
        this.prefix = path.substring(0, path.length() - ANY.value().length());
    }

    /** The folder of the scope, with a slash at its end; empty for the mount point. */
    String prefix() {
        return prefix;
    }

    /**
     * The path of a secret.
     *
     * @throws InvalidException if the name would lie in the folder of other scopes
     */
    String of(SecretName name) {
        if (prefix.isEmpty() && name.value().startsWith(ROOT)) {
            throw new InvalidException(
                    "the secret " + name + " would lie where the flavor vault keeps the secrets of other scopes",
                    name.value(),
                    "choose a name that does not start with coffer/, or another scope");
        }
        return prefix + name.value();
    }

    /** The secret at a path; empty if none of this scope can be there. */
    Optional<SecretName> nameAt(String path) {
        if (!path.startsWith(prefix) || (prefix.isEmpty() && path.startsWith(ROOT))) {
            return Optional.empty();
        }
        String text = path.substring(prefix.length());
        try {
            return Optional.of(SecretName.of(text)).filter(name -> name.value().equals(text));
        } catch (InvalidException e) {
            return Optional.empty(); // somebody else's
        }
    }

    /**
     * Whether the folder, which ends with a slash, may hold secrets of this scope: what is no name cannot begin one, and no
     * listing goes deeper than a name is long.
     */
    boolean mayHold(String folder) {
        return !(prefix.isEmpty() && folder.equals(ROOT))
                && nameAt(folder.substring(0, folder.length() - 1)).isPresent();
    }
}
