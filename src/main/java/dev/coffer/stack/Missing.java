package dev.coffer.stack;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.Printable;
import java.util.SortedSet;

/**
 * A reference that names nothing. It holds names only, never a value.
 *
 * @param component the component whose attribute has the reference
 * @param attribute the attribute's name
 * @param reference what it names
 * @param manager the name of the secrets manager that was searched
 * @param secretExists whether there is the secret, and only its key is missing
 * @param keys the keys that the secret has; empty if there is none
 */
public record Missing(
        ComponentDefinition component,
        String attribute,
        Reference reference,
        String manager,
        boolean secretExists,
        SortedSet<String> keys) {

    /** One sentence that names component, attribute, secret and key. */
    public String sentence() {
        String trouble = secretExists
                ? "secret " + reference.secret() + " in " + manager + " has no key " + reference.key()
                : "there is no secret named " + reference.secret() + " (for its key " + reference.key() + ") in "
                        + manager;
        return "the attribute " + Printable.text(attribute) + " of the " + component.type() + " "
                + Printable.text(component.name()) + " names a value that is missing: " + trouble;
    }

    /** The way out. */
    public String hint() {
        if (!secretExists) {
            return "'coffer secret register " + reference.secret() + "' makes it";
        }
        return keys.isEmpty() ? "it has no keys" : "its keys are " + String.join(", ", keys);
    }
}
