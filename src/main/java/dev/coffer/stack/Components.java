package dev.coffer.stack;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.Spelling;
import dev.coffer.secrets.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The components that are registered, as records of kind {@code component} and name {@code TYPE/NAME}. The body is
 * {@code {"type": …, "flavor": …, "name": …, "attributes": {…}}}. Attributes are kept as they were given, references to
 * secrets unresolved. Each operation that changes something does it wholly or not at all.
 */
public final class Components {
    /** The kind of records that hold components; their name is {@code TYPE/NAME}. */
    public static final String KIND = "component";

    private static final String LOCAL = "local";

    private final RecordStore records;
    private final Flavors flavors;

    /**
     * The components in a record store.
     *
     * @param flavors what attributes are checked against
     */
    public Components(RecordStore records, Flavors flavors) {
        this.records = records;
        this.flavors = flavors;
    }

    /** The secrets manager that every store has from the beginning: named {@code local}, of flavor {@code local}. */
    public static RecordChange.Insert localSecretsManager() {
        return insert(
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, LOCAL, LOCAL, UUID.randomUUID(), Map.of()));
    }

    /** All components of a type, sorted by name. */
    public List<ComponentDefinition> list(ComponentType type) {
        return list().stream()
                .filter(component -> component.type().equals(type))
                .toList();
    }

    /** All components, sorted by type and name. */
    public List<ComponentDefinition> list() {
        return records.listRecords(KIND).stream()
                .map(Components::decode)
                .sorted(Comparator.comparing(ComponentDefinition::type).thenComparing(ComponentDefinition::name))
                .toList();
    }

    /**
     * The component of that type and name.
     *
     * @throws IntegrityException if its record was changed by somebody else
     */
    public Optional<ComponentDefinition> find(ComponentType type, String name) {
        return records.findRecord(KIND, recordName(type, name)).map(Components::decode);
    }

    /** The component with that identity. */
    public Optional<ComponentDefinition> find(UUID id) {
        return records.findRecord(id)
                .filter(record -> record.kind().equals(KIND))
                .map(Components::decode);
    }

    /**
     * The component of that type and name.
     *
     * @throws NoSuchRecordException if there is none
     */
    public ComponentDefinition require(ComponentType type, String name) {
        return decode(stored(type, name));
    }

    /** The secrets manager that every store has. */
    ComponentDefinition local() {
        return require(ComponentType.SECRETS_MANAGER, LOCAL);
    }

    /** Whether it is the secrets manager that every store has, which stays as it is. */
    public static boolean isLocal(ComponentDefinition component) {
        return component.type().equals(ComponentType.SECRETS_MANAGER)
                && component.name().equals(LOCAL);
    }

    private StoredRecord stored(ComponentType type, String name) {
        return findStored(type, name).orElseThrow(() -> missing(type, name));
    }

    /** The record of a component, which {@link #require} reads. */
    Optional<StoredRecord> findStored(ComponentType type, String name) {
        return records.findRecord(KIND, recordName(type, name));
    }

    private CofferException missing(ComponentType type, String name) {
        if (type.equals(ComponentType.SECRETS_MANAGER) && name.equals(LOCAL)) {
            return new IntegrityException(
                    "the secrets manager " + LOCAL + ", which every store has, was removed from this one",
                    name,
                    "'coffer verify' names all damage; 'coffer restore' brings back a backup");
        }
        return new NoSuchRecordException(
                "there is no " + spoken(type) + " named " + Printable.quote(name),
                Printable.text(name),
                Spelling.didYouMean(
                                name,
                                list(type).stream()
                                        .map(ComponentDefinition::name)
                                        .toList())
                        + "'coffer "
                        + (type.equals(ComponentType.SECRETS_MANAGER) ? type : "component " + type)
                        + " list' shows all");
    }

    /** A type as one says it: {@code secrets manager}. */
    static String spoken(ComponentType type) {
        return type.name().replace('-', ' ');
    }

    /**
     * Makes a component. It joins no stack by that.
     *
     * @throws InvalidException if the name breaks the grammar, an attribute what its flavor declares, or braces in it
     *     are no reference
     * @throws RecordExistsException if there is one of that type and name
     * @throws NoSuchRecordException if there is no such flavor of secrets manager
     */
    public ComponentDefinition register(
            ComponentType type, String name, String flavor, Map<String, String> attributes) {
        Names.check(spoken(type), name);
        Names.check("flavor", flavor);
        ComponentDefinition component =
                new ComponentDefinition(type, flavor, name, UUID.randomUUID(), checked(type, flavor, attributes));
        usable(component);
        requireFree(type, name);
        records.changeRecords(List.of(insert(component)));
        return component;
    }

    /**
     * Changes attributes.
     *
     * @param set the attributes that it gets
     * @param removed the names of those that it loses
     * @throws NoSuchRecordException if there is no such component, or it has no such attribute to remove
     * @throws InvalidException if the result is not what its flavor declares, or braces in it are no reference
     * @throws ConflictException if it is the secrets manager {@code local}
     */
    public ComponentDefinition update(ComponentType type, String name, Map<String, String> set, Set<String> removed) {
        return replace(type, name, component -> updated(component, set, removed));
    }

    /** What {@link #update} would make of a component. Throws what that would throw, and changes nothing. */
    public ComponentDefinition updated(ComponentDefinition component, Map<String, String> set, Set<String> removed) {
        requireOther(component, "changed"); // another scope would hide the secrets that references resolve in
        Map<String, String> attributes = new TreeMap<>(component.attributes());
        for (String attribute : removed) {
            if (attributes.remove(attribute) == null) {
                throw new NoSuchRecordException(
                        "the " + spoken(component.type()) + " " + component.name() + " has no attribute "
                                + Printable.quote(attribute),
                        Printable.text(attribute),
                        "'describe' shows those that it has");
            }
        }
        attributes.putAll(set);
        return usable(new ComponentDefinition(
                component.type(),
                component.flavor(),
                component.name(),
                component.id(),
                checked(component.type(), component.flavor(), attributes)));
    }

    /**
     * Gives a component another name; its identity, secrets and stacks stay.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws RecordExistsException if the new name is taken
     * @throws InvalidException if the new name breaks the grammar
     * @throws ConflictException if it is the secrets manager {@code local}
     */
    public ComponentDefinition rename(ComponentType type, String from, String to) {
        Names.check(spoken(type), to);
        return replace(type, from, component -> {
            requireOther(component, "renamed");
            if (!from.equals(to)) {
                requireFree(type, to);
            }
            return new ComponentDefinition(type, component.flavor(), to, component.id(), component.attributes());
        });
    }

    /**
     * Makes a component of the same flavor and attributes. Secrets are not copied.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws RecordExistsException if the new name is taken
     * @throws InvalidException if the new name breaks the grammar
     */
    public ComponentDefinition copy(ComponentType type, String from, String to) {
        ComponentDefinition component = require(type, from);
        return register(type, to, component.flavor(), component.attributes());
    }

    /**
     * Whether an attribute's text is not for display: a credential by its flavor's declaration, given in clear and not as
     * a reference, or in part beside one. Of a secrets manager whose flavor is not known here, anything may be one.
     */
    public boolean isHidden(ComponentDefinition component, String attribute) {
        String text = component.attributes().get(attribute);
        if (text == null || ReferenceText.parse(text).resolve(reference -> "").isBlank()) {
            return false;
        }
        return flavors.find(component.type(), component.flavor())
                .map(flavor -> flavor.attributes().stream()
                        .anyMatch(declared -> declared.name().equals(attribute) && declared.sensitive()))
                .orElse(component.type().equals(ComponentType.SECRETS_MANAGER));
    }

    /** Whether it is a secrets manager whose secrets no other one sees: its scope is {@code component}. */
    public boolean ownsSecrets(ComponentDefinition component) {
        return scopes(component)
                && component
                        .attributes()
                        .getOrDefault(SecretScope.SCOPE, SecretScope.Kind.COMPONENT.text())
                        .equals(SecretScope.Kind.COMPONENT.text());
    }

    /**
     * Who shares the secrets of a secrets manager; empty for other components and for flavors without scopes.
     *
     * @param resolved the component without references
     */
    public Optional<SecretScope> scope(ComponentDefinition resolved) {
        return scopes(resolved) ? Optional.of(SecretScope.of(resolved)) : Optional.empty();
    }

    /** Whether it is of a flavor that keeps scopes apart. */
    private boolean scopes(ComponentDefinition component) {
        return component.type().equals(ComponentType.SECRETS_MANAGER)
                && flavors.find(component.type(), component.flavor())
                        .filter(flavor -> flavor.attributes().containsAll(SecretScope.attributes()))
                        .isPresent();
    }

    /** Refuses what could never be used. */
    private ComponentDefinition usable(ComponentDefinition component) {
        if (References.of(component).isEmpty() && scopes(component)) {
            SecretScope.of(component);
        }
        return component;
    }

    /** The names of the stacks that use a component, sorted. */
    public List<String> usedBy(ComponentDefinition component) {
        return stacks().stacks().stream()
                .filter(stack -> stack.uses(component.id()))
                .map(Stack::name)
                .sorted()
                .toList();
    }

    private StackState stacks() {
        return Attempts.read(() -> StackState.read(records, local().id()));
    }

    /**
     * What deleting a component takes along, for whoever is asked. Its secrets are not looked at.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws ConflictException if it is the secrets manager {@code local}
     */
    public Deletion deletion(ComponentType type, String name) {
        ComponentDefinition component = require(type, name);
        requireOther(component, "deleted");
        return new Deletion(component, usedBy(component), Map.of());
    }

    /**
     * Deletes a component, and the secrets that the store keeps for it alone. Stacks that used it lose it; those that had
     * it as secrets manager get {@code local} back.
     *
     * @return the names of these stacks, sorted
     * @throws NoSuchRecordException if there is none of that name any more
     * @throws ConflictException if anything of it, its stacks or its secrets is not as it was seen
     */
    public List<String> delete(Deletion seen) {
        ComponentType type = seen.component().type();
        String name = seen.component().name();
        try {
            return Attempts.change(records, () -> deletion(seen, type, name));
        } catch (ConflictException e) { // that of the secrets cannot know whose they are
            throw e.name().isPresent()
                    ? e
                    : new ConflictException(
                            "the secrets of the " + spoken(type) + " " + name + " were changed meanwhile, or some"
                                    + " were added; nothing was deleted",
                            name,
                            "look at them and decide anew",
                            e);
        }
    }

    private Attempts.Plan<List<String>> deletion(Deletion seen, ComponentType type, String name) {
        StoredRecord stored = stored(type, name);
        ComponentDefinition component = decode(stored);
        requireOther(component, "deleted");
        StackState state = stacks();
        List<Stack> users = state.stacks().stream()
                .filter(stack -> stack.uses(component.id()))
                .sorted(Comparator.comparing(Stack::name))
                .toList();
        List<String> names = users.stream().map(Stack::name).toList();
        if (!component.equals(seen.component()) || !names.equals(seen.stacks())) {
            throw new ConflictException(
                    "the " + spoken(type) + " " + name + " was changed meanwhile, or other stacks use it now;"
                            + " nothing was deleted",
                    name,
                    "look at it and decide anew");
        }
        for (Stack stack : users) {
            Map<ComponentType, UUID> ids = new TreeMap<>(stack.components());
            ids.remove(type);
            ids.putIfAbsent(ComponentType.SECRETS_MANAGER, local().id());
            state.put(stack.with(ids));
        }
        List<RecordChange> changes = new ArrayList<>(users.isEmpty() ? List.of() : state.changes(records));
        if (type.equals(ComponentType.SECRETS_MANAGER)) {
            changes.add(new RecordChange.RemoveSecrets(component.id(), seen.secrets()));
        }
        changes.add(new RecordChange.Remove(stored.id(), stored.version()));
        return new Attempts.Plan<>(changes, names);
    }

    private static void requireOther(ComponentDefinition component, String done) {
        if (isLocal(component)) {
            throw new ConflictException(
                    "the secrets manager " + LOCAL + ", which every store has, cannot be " + done, LOCAL, null);
        }
    }

    private ComponentDefinition replace(ComponentType type, String name, UnaryOperator<ComponentDefinition> change) {
        return Attempts.change(records, () -> {
            StoredRecord stored = stored(type, name);
            ComponentDefinition before = decode(stored);
            ComponentDefinition after = change.apply(before);
            List<RecordChange> changes = after.equals(before) ? List.of() : List.of(replacement(stored, after));
            return new Attempts.Plan<>(changes, after);
        });
    }

    private void requireFree(ComponentType type, String name) {
        if (find(type, name).isPresent()) {
            String article = "aeiou".indexOf(type.name().charAt(0)) < 0 ? "a " : "an ";
            throw new RecordExistsException(
                    "there is " + article + spoken(type) + " named " + name + " already", name, null);
        }
        if (type.equals(ComponentType.SECRETS_MANAGER) && name.equals(LOCAL)) {
            throw missing(type, name); // another one in its place would not have its secrets
        }
    }

    /**
     * A component out of a file, if it could be used.
     *
     * @throws NoSuchRecordException if its flavor of secrets manager is missing; says how to register it
     * @throws InvalidException if an attribute is not what its flavor declares, or one that is needed was left out
     */
    ComponentDefinition checked(ComponentDefinition component, StackFile.Component from) {
        Optional<Flavor> flavor = flavors.find(component.type(), component.flavor());
        if (flavor.isEmpty() && component.type().equals(ComponentType.SECRETS_MANAGER)) {
            throw new NoSuchRecordException(
                    "the secrets manager " + component.name() + " is of the flavor " + component.flavor()
                            + ", which is not known here",
                    component.flavor(),
                    "'coffer secrets-manager flavor register "
                            + from.flavorClass().orElse("CLASS") + " --jar FILE' adds it; then import again");
        }
        for (AttributeDeclaration declared : flavor.map(Flavor::attributes).orElse(List.of())) {
            if (declared.required()
                    && from.leftOut().contains(declared.name())
                    && !component.attributes().containsKey(declared.name())) {
                throw new InvalidException(
                        "the " + spoken(component.type()) + " " + component.name() + " needs the attribute "
                                + declared.name() + ", which the file leaves out because it was a credential",
                        declared.name(),
                        "keep it in a secret, and name that under attributes: " + declared.name()
                                + ": \"{{NAME.KEY}}\"");
            }
        }
        checked(component.type(), component.flavor(), component.attributes());
        return usable(component);
    }

    /**
     * The flavor of a component. Only secrets managers need one that is known: of the others coffer keeps the attributes
     * and no more.
     */
    private Map<String, String> checked(ComponentType type, String flavor, Map<String, String> attributes) {
        Optional<Flavor> known = flavors.find(type, flavor);
        if (known.isEmpty() && type.equals(ComponentType.SECRETS_MANAGER)) {
            List<String> all =
                    flavors.entries(type).stream().map(Flavors.Entry::name).toList();
            throw new NoSuchRecordException(
                    "there is no flavor " + Printable.quote(flavor) + " of secrets managers",
                    Printable.text(flavor),
                    Spelling.didYouMean(flavor, all) + "there are: " + String.join(", ", all));
        }
        return known.map(found -> AttributeCheck.check(found, attributes))
                .orElseGet(() -> AttributeCheck.checkNames(attributes));
    }

    /**
     * Checks the values that stand for the references of a component now, as {@link #register} checks the others.
     *
     * @param stored the component with its references
     * @param resolved the same without
     * @return the one without
     * @throws InvalidException if a value is not what its flavor declares; quotes none
     */
    public ComponentDefinition requireFitting(ComponentDefinition stored, ComponentDefinition resolved) {
        flavors.find(stored.type(), stored.flavor())
                .ifPresent(flavor -> AttributeCheck.checkResolved(flavor, stored, resolved));
        return resolved;
    }

    static RecordChange.Insert insert(ComponentDefinition component) {
        return new RecordChange.Insert(
                KIND, component.id(), recordName(component.type(), component.name()), encode(component));
    }

    /** The change of a record, as it was seen, into another state of the same component. */
    static RecordChange.Replace replacement(StoredRecord stored, ComponentDefinition after) {
        return new RecordChange.Replace(
                stored.id(), stored.version(), recordName(after.type(), after.name()), encode(after));
    }

    private static String recordName(ComponentType type, String name) {
        return type.name() + "/" + name;
    }

    private static byte[] encode(ComponentDefinition component) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("type", component.type().name());
        fields.put("flavor", component.flavor());
        fields.put("name", component.name());
        return new RecordText(fields, component.attributes()).encode("attributes");
    }

    private static ComponentDefinition decode(StoredRecord stored) {
        try {
            RecordText text = RecordText.decode(stored, Set.of("type", "flavor", "name"), "attributes");
            return new ComponentDefinition(
                    new ComponentType(text.field("type")),
                    text.field("flavor"),
                    text.field("name"),
                    stored.id(),
                    text.inner());
        } catch (IOException | IllegalArgumentException e) {
            throw RecordText.unexpected(stored);
        }
    }
}
