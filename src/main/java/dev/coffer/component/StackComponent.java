package dev.coffer.component;

import java.util.Map;
import java.util.UUID;

/** A member of a stack. Constructing one opens no connection and reads no file. */
public interface StackComponent {
    /** Who this component is and how it was configured. */
    ComponentDefinition definition();

    /** The kind of component. */
    default ComponentType type() {
        return definition().type();
    }

    /** The name of the flavor that made it. */
    default String flavor() {
        return definition().flavor();
    }

    /** The component's name, unique among those of its type. */
    default String name() {
        return definition().name();
    }

    /** The component's identity, which survives renames. */
    default UUID id() {
        return definition().id();
    }

    /** Attribute name to text; may hold credentials. */
    default Map<String, String> attributes() {
        return definition().attributes();
    }
}
