package dev.coffer.stack;

import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.SchemaGrammar;
import dev.coffer.secrets.SecretName;
import dev.coffer.stack.YamlTree.Fields;
import dev.coffer.stack.YamlTree.Items;
import dev.coffer.stack.YamlTree.Node;
import dev.coffer.stack.YamlTree.Place;
import dev.coffer.stack.YamlTree.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a stack out of YAML that may be anybody's. Every error names the place. */
final class StackFileReader {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");
    private static final Pattern CLASS_NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$.]{0,511}");

    private final String source;

    StackFileReader(String source) {
        this.source = source;
    }

    StackFile read(CharSequence text) {
        Fields root = fields(YamlTree.read(text, source), "the file");
        requireFormat(root);
        allow(root, Set.of(StackYaml.FORMAT, StackYaml.NAME, StackYaml.COMPONENTS, StackYaml.SECRETS));
        String name = checked(text(root, StackYaml.NAME), given -> Names.check("stack", given));
        List<StackFile.Component> components = new ArrayList<>();
        Set<ComponentType> types = new HashSet<>();
        for (Node item : items(root, StackYaml.COMPONENTS, true)) {
            StackFile.Component component = component(fields(item, "a component"));
            if (!types.add(component.type())) {
                throw refused(item.place(), "a second " + component.type() + " starts", "a stack has one of a type");
            }
            components.add(component);
        }
        if (!types.contains(ComponentType.SECRETS_MANAGER)) {
            throw refused(root.place(), "no component is a secrets manager", "a stack always has one; 'local' will do");
        }
        StackFile withoutSecrets = new StackFile(name, components, List.of());
        return new StackFile(
                name, components, needs(root, withoutSecrets.secretsManager().name()));
    }

    /** Before anything else: a newer file may differ in all the rest. */
    private void requireFormat(Fields root) {
        Node format = root.fields().get(StackYaml.FORMAT);
        if (!(format instanceof Text version)
                || !VERSION.matcher(version.text()).matches()) {
            throw refused(
                    format == null ? root.place() : format.place(),
                    "the version of the format is missing, so this is no file of a stack",
                    "it says " + StackYaml.FORMAT + ": " + StackFile.FORMAT);
        }
        if (Integer.parseInt(version.text()) > StackFile.FORMAT) {
            throw refused(
                    version.place(),
                    "the file was written by a newer coffer: its format is " + version.text() + ", this coffer knows "
                            + StackFile.FORMAT,
                    "update coffer");
        }
    }

    private StackFile.Component component(Fields given) {
        allow(
                given,
                Set.of(
                        StackYaml.TYPE,
                        StackYaml.NAME,
                        StackYaml.FLAVOR,
                        StackYaml.FLAVOR_CLASS,
                        StackYaml.ATTRIBUTES,
                        StackYaml.LEFT_OUT));
        Text typeText = text(given, StackYaml.TYPE);
        ComponentType type;
        try {
            type = new ComponentType(typeText.text());
        } catch (IllegalArgumentException e) {
            throw refused(typeText.place(), String.valueOf(e.getMessage()), null);
        }
        String name = checked(text(given, StackYaml.NAME), text -> Names.check("component", text));
        String flavor = checked(text(given, StackYaml.FLAVOR), text -> Names.check("flavor", text));
        Optional<String> flavorClass = optional(given, StackYaml.FLAVOR_CLASS).map(this::className);
        SortedMap<String, String> attributes = attributes(given);
        SortedSet<String> leftOut = words(
                given,
                StackYaml.LEFT_OUT,
                text -> AttributeCheck.checkNames(Map.of(text, ""))
                        .keySet()
                        .iterator()
                        .next());
        for (String both : leftOut) {
            if (attributes.containsKey(both)) {
                throw refused(given.place(), Printable.quote(both) + " is both there and left out", null);
            }
        }
        boolean isLocal = type.equals(ComponentType.SECRETS_MANAGER) && name.equals(References.ROOT_MANAGER);
        if (isLocal && !(flavor.equals(References.ROOT_MANAGER) && attributes.isEmpty() && leftOut.isEmpty())) {
            throw refused(
                    given.place(),
                    "the secrets manager local is that of the store that receives the file: it has the flavor local"
                            + " and no attributes",
                    "give another one another name");
        }
        return new StackFile.Component(type, name, flavor, flavorClass, attributes, leftOut);
    }

    private String className(Text text) {
        if (!CLASS_NAME.matcher(text.text()).matches()) {
            throw refused(text.place(), "that is not the name of a class", null);
        }
        return text.text();
    }

    private SortedMap<String, String> attributes(Fields given) {
        SortedMap<String, String> attributes = new TreeMap<>();
        Node found = given.fields().get(StackYaml.ATTRIBUTES);
        if (found == null) {
            return attributes;
        }
        Fields all = fields(found, "attributes");
        all.fields().forEach((name, node) -> {
            Place at = all.keys().getOrDefault(name, node.place());
            checked(new Text(at, name), text -> {
                AttributeCheck.checkNames(Map.of(text, ""));
                return text;
            });
            Text value = asText(node, "an attribute");
            checked(value, text -> {
                ReferenceText.parse(text); // its errors never quote
                return text;
            });
            attributes.put(name, value.text());
        });
        return attributes;
    }

    private List<StackFile.Need> needs(Fields root, String own) {
        List<StackFile.Need> needs = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Node item : items(root, StackYaml.SECRETS, false)) {
            Fields given = fields(item, "a secret");
            allow(given, Set.of(StackYaml.NAME, StackYaml.MANAGER, StackYaml.SCHEMA, StackYaml.KEYS));
            Text name = text(given, StackYaml.NAME);
            Text manager = text(given, StackYaml.MANAGER);
            if (!manager.text().equals(own) && !manager.text().equals(References.ROOT_MANAGER)) {
                throw refused(
                        manager.place(),
                        "a secret is looked up in the secrets manager of the stack, " + own + ", or in local",
                        null);
            }
            checked(name, text -> SecretName.of(text).value());
            if (!seen.add(manager.text() + "/" + SecretName.of(name.text()))) {
                throw refused(name.place(), "the secret was listed already", "list each once, with all its keys");
            }
            needs.add(new StackFile.Need(
                    manager.text(),
                    SecretName.of(name.text()),
                    optional(given, StackYaml.SCHEMA).map(schema -> checked(schema, SchemaGrammar::check)),
                    words(given, StackYaml.KEYS, KeyGrammar::check)));
        }
        return needs;
    }

    private SortedSet<String> words(Fields given, String field, UnaryOperator<String> check) {
        SortedSet<String> words = new TreeSet<>();
        for (Node item : items(given, field, false)) {
            Text word = asText(item, "an item of " + field);
            if (!words.add(checked(word, check))) {
                throw refused(word.place(), Printable.quote(word.text()) + " was listed already", "list each once");
            }
        }
        return words;
    }

    /** The text, if it keeps the rule; else the rule's error with the place in front of it. */
    private String checked(Text text, UnaryOperator<String> rule) {
        try {
            return rule.apply(text.text());
        } catch (InvalidException e) {
            throw refused(text.place(), e.getMessage(), e.hint().orElse(null));
        }
    }

    private void allow(Fields given, Set<String> known) {
        given.keys().forEach((name, place) -> {
            if (!known.contains(name)) {
                throw refused(
                        place,
                        "the field " + Printable.quote(name) + " is not known",
                        "known are: " + String.join(", ", new TreeSet<>(known)));
            }
        });
    }

    private Text text(Fields given, String field) {
        return optional(given, field)
                .orElseThrow(() -> refused(given.place(), "the field " + field + " is missing", null));
    }

    private Optional<Text> optional(Fields given, String field) {
        return Optional.ofNullable(given.fields().get(field)).map(node -> asText(node, "the field " + field));
    }

    private Text asText(Node node, String what) {
        if (node instanceof Text text) {
            return text;
        }
        throw refused(node.place(), what + " is a map or a list", "write a text there");
    }

    private List<Node> items(Fields given, String field, boolean required) {
        Node found = given.fields().get(field);
        if (found == null && !required) {
            return List.of();
        }
        if (found instanceof Items items) {
            return items.items();
        }
        throw refused(
                found == null ? given.place() : found.place(),
                found == null ? "the field " + field + " is missing" : "the field " + field + " is no list",
                null);
    }

    private Fields fields(Node node, String what) {
        if (node instanceof Fields fields) {
            return fields;
        }
        throw refused(node.place(), what + " is no map", "write NAME: TEXT there");
    }

    private InvalidException refused(Place place, String trouble, @Nullable String hint) {
        return YamlTree.refused(source, place, trouble, hint);
    }
}
