package dev.coffer.stack;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.StoredRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Takes the file of a stack into a store: first a plan, which writes nothing, then all of it at once or nothing. A
 * component that is there already, with the same flavor and attributes, is used as it is.
 */
public final class StackImporter {
    private final RecordStore records;
    private final Components components;
    private final Stacks stacks;

    /** Into a record store, with the components and stacks in it. */
    public StackImporter(RecordStore records, Components components, Stacks stacks) {
        this.records = records;
        this.components = components;
        this.stacks = stacks;
    }

    /** What becomes of a stack or component whose name is taken by another one. */
    public enum Resolution {
        /** It is left open; the plan cannot be carried out. */
        LEAVE_OPEN,
        /** The one that is there stays, and is used. */
        SKIP,
        /** The one that is there gets what the file says. */
        OVERWRITE,
        /** The new one gets a free name. */
        RENAME
    }

    /** What is done about a piece of the file. */
    public enum Action {
        /** It is made. */
        REGISTER,
        /** It is there already. */
        UNCHANGED,
        /** The one that is there is used although it is another one. */
        SKIP,
        /** The one that is there is changed. */
        OVERWRITE,
        /** The name is taken, and nobody has said what to do. */
        DUPLICATE
    }

    /**
     * What is done about a component.
     *
     * @param wanted as it is in the file
     * @param action what is done
     * @param result the component that the stack gets
     * @param there the record of the one that is there, as it was seen
     * @param notes what to know about it; no attribute's text
     */
    public record Item(
            StackFile.Component wanted,
            Action action,
            ComponentDefinition result,
            Optional<StoredRecord> there,
            List<String> notes) {
        /** Copies the notes. */
        public Item {
            notes = List.copyOf(notes);
        }
    }

    /**
     * What an import would do.
     *
     * @param file what is imported
     * @param name the name of the stack in the store
     * @param action what is done about the stack
     * @param there the stack of that name, as it was seen
     * @param items what is done about the components, by type
     */
    public record Plan(StackFile file, String name, Action action, Optional<Stack> there, List<Item> items) {
        /** Copies the items. */
        public Plan {
            items = List.copyOf(items);
        }

        /** The components that the stack has afterwards, by type. */
        public Map<ComponentType, ComponentDefinition> components() {
            return items.stream()
                    .collect(Collectors.toMap(item -> item.result().type(), Item::result, (a, b) -> a, TreeMap::new));
        }

        /** Whether carrying it out would write anything. */
        public boolean changes() {
            return isWrite(action) || items.stream().anyMatch(item -> isWrite(item.action()));
        }

        private static boolean isWrite(Action action) {
            return action == Action.REGISTER || action == Action.OVERWRITE;
        }

        /** The names that are taken and about which nothing was said: what a hint says of them. */
        public List<String> open() {
            List<String> open = new ArrayList<>();
            items.stream()
                    .filter(item -> item.action() == Action.DUPLICATE)
                    .forEach(item -> open.add(title(item.wanted())));
            if (action == Action.DUPLICATE) {
                open.add("stack " + name);
            }
            return open;
        }
    }

    static String title(StackFile.Component component) {
        return Components.spoken(component.type()) + " " + component.name();
    }

    /**
     * Plans the import of a file. Writes nothing.
     *
     * @param resolutions is asked about names that are taken, by what has them: {@code stack staging},
     *     {@code artifact store bucket}
     * @throws NoSuchRecordException if there is no such flavor of secrets managers; it says how to register it
     * @throws InvalidException if a name breaks the grammar, or an attribute is not what its flavor declares
     * @throws ConflictException if a secrets manager of another flavor is to be overwritten
     */
    public Plan plan(StackFile file, Function<String, Resolution> resolutions) {
        Names.check("stack", file.name());
        List<Item> items = new ArrayList<>();
        for (StackFile.Component component : file.components()) {
            items.add(item(component, resolutions));
        }
        Map<ComponentType, UUID> ids = new TreeMap<>();
        items.forEach(item -> ids.put(item.result().type(), item.result().id()));
        Optional<Stack> there = stacks.find(file.name());
        if (there.isEmpty()) {
            return new Plan(file, file.name(), Action.REGISTER, there, items);
        }
        if (there.get().components().equals(ids)) {
            return new Plan(file, file.name(), Action.UNCHANGED, there, items);
        }
        return switch (resolutions.apply("stack " + file.name())) {
            case LEAVE_OPEN -> new Plan(file, file.name(), Action.DUPLICATE, there, items);
            case SKIP -> new Plan(file, file.name(), Action.SKIP, there, items);
            case OVERWRITE -> new Plan(file, file.name(), Action.OVERWRITE, there, items);
            case RENAME -> renamed(file, ids, items);
        };
    }

    private Plan renamed(StackFile file, Map<ComponentType, UUID> ids, List<Item> items) {
        for (int i = 2; ; i++) {
            String name = numbered(file.name(), i);
            Optional<Stack> there = stacks.find(name);
            if (there.isEmpty()) {
                return new Plan(file, name, Action.REGISTER, there, items);
            }
            if (there.get().components().equals(ids)) { // by an earlier import
                return new Plan(file, name, Action.UNCHANGED, there, items);
            }
        }
    }

    private static String numbered(String name, int number) {
        String ending = "-" + number;
        return name.substring(0, Math.min(name.length(), Names.LONGEST - ending.length())) + ending;
    }

    private Item item(StackFile.Component wanted, Function<String, Resolution> resolutions) {
        Names.check(Components.spoken(wanted.type()), wanted.name());
        Names.check("flavor", wanted.flavor());
        Optional<StoredRecord> record = components.findStored(wanted.type(), wanted.name());
        if (record.isEmpty()) {
            return register(wanted, wanted.name());
        }
        ComponentDefinition there = components.require(wanted.type(), wanted.name());
        if (same(wanted, there)) {
            return new Item(wanted, Action.UNCHANGED, there, record, List.of());
        }
        return switch (resolutions.apply(title(wanted))) {
            case LEAVE_OPEN -> new Item(wanted, Action.DUPLICATE, there, record, List.of("another one has the name"));
            case SKIP -> new Item(wanted, Action.SKIP, there, record, List.of("the one that is there is used"));
            case OVERWRITE -> overwrite(wanted, there, record);
            case RENAME -> rename(wanted);
        };
    }

    /** What the file leaves out may be anything. */
    private static boolean same(StackFile.Component wanted, ComponentDefinition there) {
        Map<String, String> attributes = new TreeMap<>(there.attributes());
        attributes.keySet().removeAll(wanted.leftOut());
        return wanted.flavor().equals(there.flavor()) && wanted.attributes().equals(attributes);
    }

    private Item register(StackFile.Component wanted, String name) {
        ComponentDefinition fresh = components.checked(
                new ComponentDefinition(wanted.type(), wanted.flavor(), name, UUID.randomUUID(), wanted.attributes()),
                wanted);
        List<String> notes = new ArrayList<>();
        if (!name.equals(wanted.name())) {
            notes.add("renamed from " + wanted.name());
        }
        if (!wanted.leftOut().isEmpty()) {
            notes.add("lacks " + String.join(", ", wanted.leftOut()) + ", which the file leaves out");
        }
        return new Item(wanted, Action.REGISTER, fresh, Optional.empty(), notes);
    }

    private Item rename(StackFile.Component wanted) {
        for (int i = 2; ; i++) {
            String name = numbered(wanted.name(), i);
            Optional<StoredRecord> record = components.findStored(wanted.type(), name);
            if (record.isEmpty()) {
                return register(wanted, name);
            }
            ComponentDefinition there = components.require(wanted.type(), name);
            if (same(wanted, there)) { // by an earlier import
                return new Item(wanted, Action.UNCHANGED, there, record, List.of("is there as " + name));
            }
        }
    }

    private Item overwrite(StackFile.Component wanted, ComponentDefinition there, Optional<StoredRecord> record) {
        boolean isManager = wanted.type().equals(ComponentType.SECRETS_MANAGER);
        if (isManager && !wanted.flavor().equals(there.flavor())) {
            throw new ConflictException(
                    "the secrets manager " + there.name() + " is of flavor " + there.flavor() + ", not "
                            + wanted.flavor() + ": overwriting it would put its secrets out of reach",
                    there.name(),
                    "import it under another name: '--on-duplicate rename'");
        }
        Map<String, String> attributes = new TreeMap<>(wanted.attributes());
        wanted.leftOut().forEach(kept -> {
            String text = there.attributes().get(kept);
            if (text != null) {
                attributes.put(kept, text);
            }
        });
        ComponentDefinition changed = components.checked(
                new ComponentDefinition(wanted.type(), wanted.flavor(), there.name(), there.id(), attributes), wanted);
        List<String> notes = new ArrayList<>();
        List<String> users = components.usedBy(there);
        if (!users.isEmpty()) {
            notes.add("is used by " + String.join(", ", users));
        }
        return new Item(wanted, Action.OVERWRITE, changed, record, notes);
    }

    /**
     * Carries a plan out: all of it, or nothing.
     *
     * @return the stack as it is afterwards
     * @throws ConflictException if names are taken about which nothing was said, or anything that the plan builds on was
     *     changed since
     */
    public Stack apply(Plan plan) {
        if (!plan.open().isEmpty()) {
            throw new ConflictException(
                    "nothing was imported: another one has the name of the " + String.join(", of the ", plan.open()),
                    plan.name(),
                    "say what becomes of it");
        }
        try {
            return Attempts.change(records, () -> changes(plan));
        } catch (RecordExistsException | NoSuchRecordException e) {
            throw changedSince(plan);
        }
    }

    private static ConflictException changedSince(Plan plan) {
        return new ConflictException(
                "the stack " + plan.name() + " or a component of it was changed since the plan was made; nothing was"
                        + " imported",
                plan.name(),
                "import again");
    }

    private Attempts.Plan<Stack> changes(Plan plan) {
        StackState state = stacks.read();
        Optional<Stack> now = state.find(plan.name());
        if (!now.equals(plan.there())) {
            throw changedSince(plan);
        }
        Map<ComponentType, UUID> ids = new TreeMap<>();
        plan.items().forEach(item -> ids.put(item.result().type(), item.result().id()));
        Stack stack = now.map(there -> plan.action() == Action.SKIP ? there : there.with(ids))
                .orElseGet(() -> new Stack(plan.name(), UUID.randomUUID(), ids));
        state.put(stack);
        List<RecordChange> changes = new ArrayList<>();
        Set<UUID> written = new HashSet<>();
        for (Item item : plan.items()) {
            changes.add(change(item));
            written.add(item.result().id());
        }
        changes.addAll(state.changes(records, written));
        return new Attempts.Plan<>(plan.changes() ? changes : List.of(), stack);
    }

    /** What is used as it is gets written as it was seen: if it was changed meanwhile, nothing is imported. */
    private static RecordChange change(Item item) {
        return item.there()
                .<RecordChange>map(there -> item.action() == Action.OVERWRITE
                        ? Components.replacement(there, item.result())
                        : new RecordChange.Replace(there.id(), there.version(), there.name(), there.body()))
                .orElseGet(() -> Components.insert(item.result()));
    }
}
