package dev.coffer.stack;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.SecretName;
import java.util.List;
import java.util.Map;

/**
 * What deleting a component takes along, as it was when somebody looked at it. Whoever was asked agreed to this, so it
 * is held against the store when it is done.
 *
 * @param component what is deleted
 * @param stacks the names of the stacks that use it, sorted
 * @param secrets the secrets that the store itself keeps for this component alone, and the version of each; their history
 *     and the deleted ones go along
 */
public record Deletion(ComponentDefinition component, List<String> stacks, Map<SecretName, Long> secrets) {
    /** Copies the names. */
    public Deletion {
        stacks = List.copyOf(stacks);
        secrets = Map.copyOf(secrets);
    }

    /** The same with these secrets. */
    public Deletion withSecrets(Map<SecretName, Long> found) {
        return new Deletion(component, stacks, found);
    }
}
