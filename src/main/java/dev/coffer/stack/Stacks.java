package dev.coffer.stack;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.Spelling;
import dev.coffer.secrets.StoredRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * The stacks, as records of kind {@code stack}, and which one is active, as the record {@code active-stack} of kind
 * {@code setting}. Every store has one from the beginning, named {@code default}, with the secrets manager {@code local}.
 * Each operation that changes something does it wholly or not at all, also when others change stacks at the same time.
 */
public final class Stacks {
    /** The kind of records that hold stacks, by name. */
    public static final String KIND = StackState.KIND;

    /** The stack that is there before any is stored. */
    public static final String DEFAULT = StackState.DEFAULT;

    private final RecordStore records;
    private final Components components;
    private final Optional<String> override;

    /**
     * The stacks in a record store.
     *
     * @param components the components in the same store
     * @param override the name of a stack to use instead of the active one
     */
    public Stacks(RecordStore records, Components components, Optional<String> override) {
        this.records = records;
        this.components = components;
        this.override = override;
    }

    /** All stacks, sorted by name. */
    public List<Stack> list() {
        return read().stacks().stream()
                .sorted(Comparator.comparing(Stack::name))
                .toList();
    }

    /** The stack of that name. */
    public Optional<Stack> find(String name) {
        return read().find(name);
    }

    /**
     * The stack of that name.
     *
     * @throws NoSuchRecordException if there is none
     */
    public Stack require(String name) {
        return require(read(), name);
    }

    /**
     * The stack that commands work with: the one that overrides the active one, else the active one.
     *
     * @throws NoSuchRecordException if there is no stack of the overriding name
     */
    public Stack active() {
        StackState state = read();
        return override.map(name -> require(state, name)).orElseGet(() -> stored(state));
    }

    /** Whether commands work with that stack. None is when the overriding name is no stack's. */
    public boolean isActive(Stack stack) {
        return override.map(name -> name.equals(stack.name()))
                .orElseGet(() -> stack.id().equals(read().active()));
    }

    private static Stack stored(StackState state) {
        return state.stacks().stream()
                .filter(stack -> stack.id().equals(state.active()))
                .findFirst()
                .orElseThrow(StackState::noActive);
    }

    /** The secrets manager of the stack that commands work with. Reads three records at most. */
    public ComponentDefinition secretsManager() {
        return Attempts.read(this::readSecretsManager);
    }

    private ComponentDefinition readSecretsManager() {
        Optional<StoredRecord> record;
        if (override.isPresent()) {
            record = records.findRecord(StackState.KIND, override.get());
            if (record.isEmpty()) {
                return secretsManagerOf(require(override.get())); // 'default' may not be stored yet
            }
        } else {
            Optional<StoredRecord> setting = records.findRecord(StackState.SETTING_KIND, StackState.ACTIVE);
            if (setting.isEmpty()) {
                if (!records.listRecords(StackState.KIND).isEmpty()) {
                    throw StackState.noActive();
                }
                return components.local();
            }
            record = records.findRecord(StackState.activeId(setting.get()));
        }
        return secretsManagerOf(record.filter(found -> found.kind().equals(StackState.KIND))
                .map(StackState::decode)
                .orElseThrow(StackState::noActive));
    }

    private ComponentDefinition secretsManagerOf(Stack stack) {
        return component(stack, stack.secretsManager());
    }

    /**
     * The components of a stack, by type. If one of them was deleted since the stack was read, those that it has now.
     *
     * @throws IntegrityException if one of them is gone from the store
     * @throws ConflictException if the stack was deleted since it was read, and one of its components too
     */
    public Map<ComponentType, ComponentDefinition> componentsOf(Stack stack) {
        Map<ComponentType, ComponentDefinition> found = new TreeMap<>();
        try {
            stack.components().forEach((type, id) -> found.put(type, component(stack, id)));
            return found;
        } catch (IntegrityException e) {
            Stack now = read().stacks().stream()
                    .filter(other -> other.id().equals(stack.id()))
                    .findFirst()
                    .orElseThrow(() -> new ConflictException(
                            "the stack " + stack.name() + " was deleted meanwhile",
                            stack.name(),
                            "'coffer stack list' shows those that there are"));
            if (now.components().equals(stack.components())) {
                throw e;
            }
            return componentsOf(now);
        }
    }

    private ComponentDefinition component(Stack stack, UUID id) {
        return components
                .find(id)
                .orElseThrow(() -> new IntegrityException(
                        "a component of the stack " + stack.name() + " was removed from the store",
                        stack.name(),
                        "'coffer verify' names all damage; 'coffer restore' brings back a backup"));
    }

    /**
     * Makes another stack the active one.
     *
     * @throws NoSuchRecordException if there is none of that name
     */
    public Stack setActive(String name) {
        return change(state -> {
            Stack stack = require(state, name);
            state.activate(stack);
            return stack;
        });
    }

    /**
     * Makes a stack.
     *
     * @param wanted the name of the component of each type; without a secrets manager it is {@code local}
     * @throws InvalidException if the name breaks the grammar
     * @throws RecordExistsException if there is one of that name
     * @throws NoSuchRecordException if there is no such component
     */
    public Stack register(String name, Map<ComponentType, String> wanted) {
        Names.check(StackState.KIND, name);
        return change(state -> {
            requireFree(state, name);
            Map<ComponentType, UUID> ids = new TreeMap<>();
            ids.put(ComponentType.SECRETS_MANAGER, components.local().id());
            ids.putAll(ids(wanted));
            Stack stack = new Stack(name, UUID.randomUUID(), ids);
            state.put(stack);
            return stack;
        });
    }

    /**
     * Changes the components of a stack.
     *
     * @param wanted the name of the new component of each type
     * @param removed the types of which the stack shall have none
     * @throws NoSuchRecordException if there is no such stack or component, or none of a type to remove
     * @throws InvalidException if the secrets manager is to be removed
     */
    public Stack update(String name, Map<ComponentType, String> wanted, Set<ComponentType> removed) {
        if (removed.contains(ComponentType.SECRETS_MANAGER)) {
            throw new InvalidException(
                    "a stack always has a secrets manager",
                    name,
                    "'--secrets-manager local' goes back to the first one");
        }
        return change(state -> {
            Stack stack = require(state, name);
            Map<ComponentType, UUID> ids = new TreeMap<>(stack.components());
            for (ComponentType type : removed) {
                if (ids.remove(type) == null) {
                    throw new NoSuchRecordException("the stack " + name + " has no " + type, type.name(), null);
                }
            }
            ids.putAll(ids(wanted));
            Stack updated = stack.with(ids);
            state.put(updated);
            return updated;
        });
    }

    private Map<ComponentType, UUID> ids(Map<ComponentType, String> wanted) {
        Map<ComponentType, UUID> ids = new TreeMap<>();
        wanted.forEach(
                (type, name) -> ids.put(type, components.require(type, name).id()));
        return ids;
    }

    /**
     * Gives a stack another name. The active one stays active.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws RecordExistsException if the new name is taken
     * @throws InvalidException if the new name breaks the grammar
     */
    public Stack rename(String from, String to) {
        Names.check(StackState.KIND, to);
        return change(state -> {
            Stack stack = require(state, from);
            if (!from.equals(to)) {
                requireFree(state, to);
            }
            Stack renamed = stack.named(to);
            state.put(renamed);
            return renamed;
        });
    }

    /**
     * Makes a stack of the same components.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws RecordExistsException if the new name is taken
     * @throws InvalidException if the new name breaks the grammar
     */
    public Stack copy(String from, String to) {
        Names.check(StackState.KIND, to);
        return change(state -> {
            Stack stack = require(state, from);
            requireFree(state, to);
            Stack copy = new Stack(to, UUID.randomUUID(), stack.components());
            state.put(copy);
            return copy;
        });
    }

    /** Refuses what {@link #delete} would refuse. */
    public Stack requireDeletable(String name) {
        return requireDeletable(read(), name);
    }

    private static Stack requireDeletable(StackState state, String name) {
        Stack stack = require(state, name);
        if (stack.id().equals(state.active())) {
            throw new ConflictException(
                    "the stack " + name + " is the active one",
                    name,
                    "'coffer stack set NAME' makes another one active");
        }
        return stack;
    }

    /**
     * Deletes a stack; its components stay.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws ConflictException if it is the active one
     */
    public void delete(String name) {
        change(state -> {
            Stack stack = requireDeletable(state, name);
            state.remove(stack);
            return stack;
        });
    }

    private <T> T change(Function<StackState, T> work) {
        return Attempts.change(records, () -> {
            StackState state = read();
            T result = work.apply(state);
            return new Attempts.Plan<>(state.changes(records), result);
        });
    }

    StackState read() {
        return Attempts.read(() -> StackState.read(records, components.local().id()));
    }

    private static Stack require(StackState state, String name) {
        return state.find(name)
                .orElseThrow(() -> new NoSuchRecordException(
                        "there is no stack named " + Printable.quote(name),
                        Printable.text(name),
                        Spelling.didYouMean(
                                        name,
                                        state.stacks().stream().map(Stack::name).toList())
                                + "'coffer stack list' shows all"));
    }

    private static void requireFree(StackState state, String name) {
        if (state.find(name).isPresent()) {
            throw new RecordExistsException("there is a stack named " + name + " already", name, null);
        }
    }
}
