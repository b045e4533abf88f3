package dev.coffer.stack;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import java.util.List;
import java.util.Optional;

/**
 * A flavor of secrets managers that makes none: it has a box, and a pin that is a credential.
 *
 * @param name its name
 */
record TestFlavor(String name) implements Flavor {
    @Override
    public ComponentType type() {
        return ComponentType.SECRETS_MANAGER;
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        return List.of(attribute("box", false), attribute("pin", true));
    }

    private static AttributeDeclaration attribute(String name, boolean sensitive) {
        return new AttributeDeclaration(
                name, AttributeDeclaration.Kind.TEXT, false, Optional.empty(), "text", sensitive);
    }
}
