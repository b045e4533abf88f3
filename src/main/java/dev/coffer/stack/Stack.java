package dev.coffer.stack;

import dev.coffer.component.ComponentType;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Components that are used together.
 *
 * @param name unique among stacks
 * @param id survives renames
 * @param components the identity of the component of each type, which survives renames too; there is always one of type
 *     {@code secrets-manager}
 */
public record Stack(String name, UUID id, Map<ComponentType, UUID> components) {
    /**
     * Copies and sorts the components.
     *
     * @throws IllegalArgumentException if none of them is a secrets manager
     */
    public Stack {
        components = Collections.unmodifiableMap(new TreeMap<>(components));
        if (!components.containsKey(ComponentType.SECRETS_MANAGER)) {
            throw new IllegalArgumentException("a stack has a secrets manager");
        }
    }

    /** The identity of its secrets manager. */
    public UUID secretsManager() {
        return Objects.requireNonNull(components.get(ComponentType.SECRETS_MANAGER));
    }

    Stack named(String other) {
        return new Stack(other, id, components);
    }

    Stack with(Map<ComponentType, UUID> other) {
        return new Stack(name, id, other);
    }

    boolean uses(UUID component) {
        return components.containsValue(component);
    }
}
