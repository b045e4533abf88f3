package dev.coffer.component;

import java.util.List;

/**
 * An implementation of a stack component type: what it is called and which attributes its components have. What a
 * flavor makes of them is for its type; coffer itself runs secrets managers, see
 * {@code dev.coffer.secrets.SecretsManagerFlavor}. A flavor that others load needs a public constructor without
 * parameters; it is found by name among those of its type.
 */
public interface Flavor {
    /** The type of the components that this flavor makes. */
    ComponentType type();

    /** Kebab-case, unique among the flavors of one type, for instance {@code local}. */
    String name();

    /** One sentence for listings. */
    String description();

    /** The attributes that a component of this flavor may have, in the order in which they are shown. */
    List<AttributeDeclaration> attributes();
}
