package dev.coffer.component;

import java.util.List;

/**
 * An implementation of a stack component type. A flavor that others load needs a public constructor without
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

    /**
     * Makes a component. Opens no connection and reads no file.
     *
     * @param definition already checked against {@link #attributes()}
     */
    StackComponent create(ComponentDefinition definition);
}
