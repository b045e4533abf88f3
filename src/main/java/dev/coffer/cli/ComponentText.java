package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.stack.Components;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the commands on components read and print alike. */
final class ComponentText {
    private ComponentText() {}

    /** Attributes of a command line, taken literally. No error quotes a word: it may be a credential. */
    static Map<String, String> attributes(List<String> words, List<String> sets) {
        Map<String, String> attributes = new TreeMap<>();
        for (String word : words) {
            if (!word.startsWith("--")) {
                throw new UsageException(
                        "a word stands alone that is neither an option nor an attribute",
                        "use --ATTR=VALUE, with '=' and no space");
            }
            add(attributes, word.substring(2));
        }
        sets.forEach(set -> add(attributes, set));
        return attributes;
    }

    private static void add(Map<String, String> attributes, String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new UsageException("an attribute lacks its value", "use --ATTR=VALUE, with '=' and no space");
        }
        if (attributes.put(text.substring(0, equals), text.substring(equals + 1)) != null) {
            throw new UsageException("an attribute is given twice", "give each attribute once");
        }
    }

    /** Type and name as one says them: {@code secrets manager team}. */
    static String spoken(ComponentDefinition one) {
        return one.type().name().replace('-', ' ') + " " + one.name();
    }

    static ComponentDefinition update(
            Session session, ComponentType type, String name, Map<String, String> given, Set<String> removed)
            throws IOException {
        Components components = session.coffer().components();
        ComponentDefinition before = components.require(type, name);
        HiddenSecrets.confirm(session, before, components.updated(before, given, removed));
        ComponentDefinition after = components.update(type, name, given, removed);
        warnOfCredentials(session, after, given.keySet());
        report(session, "updated the " + spoken(after), after);
        return after;
    }

    static void warnOfCredentials(Session session, ComponentDefinition one, Collection<String> attributes) {
        Components components = session.coffer().components();
        for (String attribute : attributes) {
            if (components.isHidden(one, attribute)) {
                session.messages()
                        .warn("the attribute " + attribute
                                + " holds a credential in clear; better put it into a secret,"
                                + " and name that: {{NAME.KEY}}");
            }
        }
    }

    /** One component with its attributes. */
    static void print(Session session, ComponentDefinition one, Predicate<String> isHidden) throws IOException {
        if (session.json()) {
            session.print(json -> write(json, one, isHidden));
            return;
        }
        session.messages().done(spoken(one) + ", flavor " + one.flavor() + ", id " + one.id());
        if (one.attributes().isEmpty()) {
            session.messages().done("it has no attributes");
            return;
        }
        Table table = new Table("ATTRIBUTE", "VALUE");
        one.attributes().forEach((attribute, value) -> table.row(attribute, isHidden.test(attribute) ? "***" : value));
        session.print(table);
    }

    private static void write(JsonGenerator json, ComponentDefinition one, Predicate<String> isHidden)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", one.name());
        json.writeStringField("type", one.type().name());
        json.writeStringField("flavor", one.flavor());
        json.writeStringField("id", one.id().toString());
        json.writeObjectFieldStart("attributes");
        for (Map.Entry<String, String> attribute : one.attributes().entrySet()) {
            Json.text(json, attribute.getKey(), isHidden.test(attribute.getKey()) ? null : attribute.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Says what was done; with JSON, what the component is now. */
    static void report(Session session, String done, ComponentDefinition one) throws IOException {
        if (session.json()) {
            Components components = session.coffer().components();
            session.print(json -> write(json, one, attribute -> components.isHidden(one, attribute)));
        } else {
            session.messages().done(done);
        }
    }
}
