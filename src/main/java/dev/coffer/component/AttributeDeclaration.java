package dev.coffer.component;

import java.util.Optional;

/**
 * One attribute that a flavor understands.
 *
 * @param name kebab-case, as typed after {@code --} on the command line
 * @param kind how a value is checked
 * @param required whether a component cannot exist without it
 * @param defaultValue what holds when it is absent; empty for required attributes
 * @param description one sentence for {@code describe}
 * @param sensitive whether a literal value deserves a warning, because it belongs into a secret
 */
public record AttributeDeclaration(
        String name,
        Kind kind,
        boolean required,
        Optional<String> defaultValue,
        String description,
        boolean sensitive) {
    /** The shapes that an attribute's text may have. */
    public enum Kind {
        /** Any text. */
        TEXT,
        /** {@code true} or {@code false}. */
        FLAG,
        /** A decimal integer. */
        NUMBER
    }
}
