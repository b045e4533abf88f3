package dev.coffer.stack;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.flavor.Flavors;
import dev.coffer.flavor.RegisteredFlavor;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Makes the file of a stack. An attribute is left out if it may be a credential in clear: if its flavor declares it to
 * be one, if nobody declares it and its name says so, or if its text holds one by its looks: an address with a password
 * in it, a setting or parameter such as {@code password=…}, an authorization, a private key. What is left of it without
 * its references counts: a reference is no credential, the words beside it may be one.
 */
public final class StackExporter {
    private static final Pattern TELLING_NAME = Pattern.compile(
            "(?i).*(?:passw|passphrase|pwd|secret|token|credential|private|api.?key|access.?key|account.?key"
                    + "|(?:^|[._-])(?:key|pin|sas|auth|pass)$).*");
    private static final Pattern TELLING_TEXT = Pattern.compile(
            "://[^/@\\s]*:[^/@\\s]+@" // in an address
                    + "|(?i:(?:passw(?:or)?d|passphrase|pwd|secret|token|credentials?|api.?key|access.?key|account.?key|private.?key"
                    + "|(?<![a-z])sig)[\"']?(?:=|\\s*:\\s*)[\"']?[^\\s\"';&,{}])" // a setting
                    + "|(?i:authorization\\s*[:=]\\s*[a-z]+\\s+[^\\s{])"
                    + "|-----BEGIN [A-Z ]*PRIVATE KEY");

    private final Components components;
    private final Stacks stacks;
    private final Flavors flavors;

    /** Reads stacks and components when it is asked for a file. */
    public StackExporter(Components components, Stacks stacks, Flavors flavors) {
        this.components = components;
        this.stacks = stacks;
        this.flavors = flavors;
    }

    /** What tells the types of secrets, by the secrets manager that they are in. Those that are missing have none. */
    public interface Schemas {
        /** The types of some of these secrets. */
        Map<SecretName, String> typesIn(ComponentDefinition manager, SortedSet<SecretName> secrets);
    }

    /**
     * The file of a stack.
     *
     * @throws dev.coffer.secrets.IntegrityException if a component of it is gone from the store
     */
    public StackFile of(Stack stack, Schemas schemas) {
        Map<ComponentType, ComponentDefinition> definitions = stacks.componentsOf(stack);
        List<StackFile.Component> exported = new ArrayList<>();
        SortedMap<SecretName, SortedSet<String>> others = new TreeMap<>();
        SortedMap<SecretName, SortedSet<String>> own = new TreeMap<>();
        for (ComponentDefinition one : definitions.values()) {
            StackFile.Component component = component(one);
            exported.add(component);
            boolean isManager = one.type().equals(ComponentType.SECRETS_MANAGER);
            References.of(new ComponentDefinition(
                            one.type(), one.flavor(), one.name(), one.id(), component.attributes()))
                    .needed()
                    .forEach((secret, keys) -> (isManager ? own : others)
                            .computeIfAbsent(secret, none -> new TreeSet<>())
                            .addAll(keys));
        }
        List<StackFile.Need> needs = new ArrayList<>();
        needs.addAll(needs(components.local(), own, schemas));
        needs.addAll(needs(Objects.requireNonNull(definitions.get(ComponentType.SECRETS_MANAGER)), others, schemas));
        return new StackFile(stack.name(), exported, needs);
    }

    private static List<StackFile.Need> needs(
            ComponentDefinition manager, SortedMap<SecretName, SortedSet<String>> needed, Schemas schemas) {
        if (needed.isEmpty()) {
            return List.of();
        }
        Map<SecretName, String> types = schemas.typesIn(manager, new TreeSet<>(needed.keySet()));
        List<StackFile.Need> needs = new ArrayList<>();
        needed.forEach((secret, keys) ->
                needs.add(new StackFile.Need(manager.name(), secret, Optional.ofNullable(types.get(secret)), keys)));
        return needs;
    }

    private StackFile.Component component(ComponentDefinition one) {
        if (Components.isLocal(one)) {
            return new StackFile.Component(
                    one.type(), one.name(), one.flavor(), Optional.empty(), new TreeMap<>(), new TreeSet<>());
        }
        Optional<Flavor> flavor = flavors.find(one.type(), one.flavor());
        SortedMap<String, String> attributes = new TreeMap<>();
        SortedSet<String> leftOut = new TreeSet<>();
        one.attributes().forEach((name, text) -> {
            if (mayBeCredential(flavor, name, text)) {
                leftOut.add(name);
            } else {
                attributes.put(name, text);
            }
        });
        Optional<String> flavorClass =
                flavors.registration(one.type(), one.flavor()).map(RegisteredFlavor::className);
        return new StackFile.Component(one.type(), one.name(), one.flavor(), flavorClass, attributes, leftOut);
    }

    static boolean mayBeCredential(Optional<Flavor> flavor, String name, String text) {
        String beside;
        try {
            beside = ReferenceText.parse(text).resolve(reference -> "");
        } catch (InvalidException e) { // never stored like this, and never taken to another store
            return true;
        }
        if (beside.isBlank()) {
            return false;
        }
        boolean sensitive = flavor.map(known -> known.attributes().stream()
                        .filter(declared -> declared.name().equals(name))
                        .anyMatch(AttributeDeclaration::sensitive))
                .orElseGet(() -> TELLING_NAME.matcher(name).matches());
        return sensitive || TELLING_TEXT.matcher(beside).find();
    }
}
