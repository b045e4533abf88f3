package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import dev.coffer.stack.Stack;
import dev.coffer.stack.Stacks;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the commands on stacks read and print alike. */
final class StackText {
    private StackText() {}

    /** The components that a command line names. */
    static Map<ComponentType, String> components(@Nullable String secretsManager, List<String> others) {
        Map<ComponentType, String> wanted = new TreeMap<>();
        if (secretsManager != null) {
            wanted.put(ComponentType.SECRETS_MANAGER, secretsManager);
        }
        for (String other : others) {
            int equals = other.indexOf('=');
            if (equals < 0) {
                throw new UsageException("--component takes TYPE=NAME", "for instance --component orchestrator=local");
            }
            ComponentType type = type(other.substring(0, equals));
            if (wanted.put(type, other.substring(equals + 1)) != null) {
                throw new UsageException("the type " + type + " is given twice", "a stack has one component of a type");
            }
        }
        return wanted;
    }

    static ComponentType type(String name) {
        try {
            return new ComponentType(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidException("that is no type of component", null, e.getMessage());
        }
    }

    static String secretsManager(Stacks stacks, Stack stack) {
        return stacks.componentsOf(stack).values().stream()
                .filter(component -> component.type().equals(ComponentType.SECRETS_MANAGER))
                .map(ComponentDefinition::name)
                .collect(Collectors.joining());
    }

    static String others(Stacks stacks, Stack stack) {
        return stacks.componentsOf(stack).values().stream()
                .filter(component -> !component.type().equals(ComponentType.SECRETS_MANAGER))
                .map(component -> component.type() + "=" + component.name())
                .collect(Collectors.joining(", "));
    }

    /** One stack. */
    static void write(JsonGenerator json, Stacks stacks, Stack stack, boolean active, boolean ids) throws IOException {
        Map<ComponentType, ComponentDefinition> components = stacks.componentsOf(stack);
        json.writeStartObject();
        json.writeStringField("name", stack.name());
        if (ids) {
            json.writeStringField("id", stack.id().toString());
        }
        json.writeBooleanField("active", active);
        json.writeObjectFieldStart("components");
        for (ComponentDefinition component : components.values()) {
            json.writeStringField(component.type().name(), component.name());
        }
        json.writeEndObject();
        if (ids) {
            json.writeObjectFieldStart("componentIds");
            for (ComponentDefinition component : components.values()) {
                json.writeStringField(component.type().name(), component.id().toString());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Says what was done; with JSON, what the stack is now. */
    static void report(Session session, String done, Stack stack) throws IOException {
        Stacks stacks = session.coffer().stacks();
        if (session.json()) {
            boolean active = stacks.isActive(stack);
            session.print(json -> write(json, stacks, stack, active, false));
        } else {
            session.messages().done(done);
        }
    }

    static void deleted(Session session, String done, String name) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("deleted", name);
                json.writeEndObject();
            });
        } else {
            session.messages().done(done);
        }
    }
}
