package dev.coffer.component;

import java.util.regex.Pattern;

/**
 * The kind of work that a stack component does: {@code secrets-manager}, {@code orchestrator}, {@code artifact-store}
 * and so on. The set is open, because coffer keeps the attributes of components that it does not run itself.
 *
 * @param name kebab-case, 1–63 characters of {@code a-z}, {@code 0-9} and {@code -}, starting with a letter
 */
public record ComponentType(String name) implements Comparable<ComponentType> {
    // Stands before the constant, which is checked against it while the class is initialized.
    private static final Pattern GRAMMAR = Pattern.compile("[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /** Components that store secrets. */
    public static final ComponentType SECRETS_MANAGER = new ComponentType("secrets-manager");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if the name is not kebab-case
     */
    public ComponentType {
        if (!GRAMMAR.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a component type is kebab-case, like secrets-manager, and 1 to 63 characters long");
        }
    }

    // Spelled out, as every command compares types: what Java makes for records takes milliseconds at its first use.
    @Override
    public boolean equals(Object other) {
        return other instanceof ComponentType type && name.equals(type.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(ComponentType other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
