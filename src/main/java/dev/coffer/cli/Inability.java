package dev.coffer.cli;

import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.secrets.Versioned;
import dev.coffer.vault.KeySlots;
import java.util.Map;

/**
 * What it means for a user that a flavor lacks one of the optional interfaces.
 *
 * @param what follows "its flavor NAME"
 * @param hint what can be done instead
 */
record Inability(String what, String hint) {
    private static final Map<Class<?>, Inability> ALL = Map.of(
            BulkWrites.class,
            new Inability("cannot change several secrets in one step", "name one secret at a time"),
            ConditionalWrites.class,
            new Inability("cannot write on condition of a version", "write without one"),
            KeySlots.class,
            new Inability(
                    "has no keys of its own",
                    "without --secrets-manager it is about the keys of the store on this machine"),
            Owned.class,
            new Inability("does not mark the secrets that coffer made", "look at the place where it keeps them"),
            Recoverable.class,
            new Inability("keeps nothing that a purge could remove", "'coffer secret delete' deletes a secret"),
            Renaming.class,
            new Inability(
                    "cannot rename secrets", "register the secret under its new name, and delete it under the old one"),
            Versioned.class,
            new Inability("keeps no earlier versions of secrets", "'coffer secret get' shows the current one"));

    /** The error of needing a capability that a secrets manager has not. */
    static UnsupportedByFlavorException of(SecretsManager manager, Class<?> capability) {
        Inability inability = ALL.getOrDefault(
                capability, new Inability("is not " + capability.getSimpleName(), "use a manager of another flavor"));
        return new UnsupportedByFlavorException(
                "the secrets manager " + manager.name() + " cannot do this: its flavor " + manager.flavor() + " "
                        + inability.what(),
                manager.name(),
                inability.hint());
    }
}
