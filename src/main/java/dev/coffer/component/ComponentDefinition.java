package dev.coffer.component;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What is stored of a component: who it is and how it was configured.
 *
 * @param type the kind of component
 * @param flavor the flavor's name, for instance {@code local}
 * @param name unique among components of one type
 * @param id never changes, also when the component is renamed
 * @param attributes name to text, sorted; never printed by {@link #toString()}, because they may hold credentials
 */
public record ComponentDefinition(
        ComponentType type, String flavor, String name, UUID id, Map<String, String> attributes) {
    /** Copies and sorts the attributes. */
    public ComponentDefinition {
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    @Override
    public String toString() {
        return type + " " + name + " (" + flavor + ", " + id + ", attributes " + attributes.keySet() + ")";
    }
}
