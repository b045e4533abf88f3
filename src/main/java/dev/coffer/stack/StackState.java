package dev.coffer.stack;

import dev.coffer.component.ComponentType;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.StoredRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All stacks and which one is active, as they were read, and what is to be made of them. Until the first change nothing
 * of it is stored, and the stack {@code default} with the secrets manager {@code local} is there all the same.
 */
final class StackState {
    static final String KIND = "stack";
    static final String SETTING_KIND = "setting";
    static final String ACTIVE = "active-stack";
    static final String DEFAULT = "default";

    private final Map<UUID, Stack> before = new LinkedHashMap<>();
    private final Map<UUID, Stack> after = new LinkedHashMap<>();
    private final Map<UUID, Long> versions = new HashMap<>();
    private final @Nullable StoredRecord setting;
    private UUID active;

    private StackState(@Nullable StoredRecord setting, UUID active) {
        this.setting = setting;
        this.active = active;
    }

    static StackState read(RecordStore records, UUID local) {
        Optional<StoredRecord> setting = records.findRecord(SETTING_KIND, ACTIVE);
        List<StoredRecord> stored = records.listRecords(KIND);
        Stack first = first(local);
        if (setting.isEmpty() && !stored.isEmpty()) {
            throw noActive();
        }
        StackState state = new StackState(
                setting.orElse(null), setting.map(StackState::activeId).orElse(first.id()));
        for (StoredRecord one : stored) {
            state.before.put(one.id(), decode(one));
            state.versions.put(one.id(), one.version());
        }
        if (setting.isEmpty()) {
            state.before.put(first.id(), first);
        }
        if (!state.before.containsKey(state.active)) {
            throw noActive();
        }
        state.after.putAll(state.before);
        return state;
    }

    /** The stack that is there before any is stored. Its identity follows from the store's own secrets manager. */
    private static Stack first(UUID local) {
        UUID id = UUID.nameUUIDFromBytes((DEFAULT + "/" + local).getBytes(StandardCharsets.UTF_8));
        return new Stack(DEFAULT, id, Map.of(ComponentType.SECRETS_MANAGER, local));
    }

    static IntegrityException noActive() {
        return new IntegrityException(
                "the store does not say any more which stack is active",
                ACTIVE,
                "'coffer verify' names all damage; 'coffer restore' brings back a backup");
    }

    static UUID activeId(StoredRecord setting) {
        try {
            return UUID.fromString(new String(setting.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw RecordText.unexpected(setting);
        }
    }

    Collection<Stack> stacks() {
        return after.values();
    }

    Optional<Stack> find(String name) {
        return after.values().stream()
                .filter(stack -> stack.name().equals(name))
                .findFirst();
    }

    UUID active() {
        return active;
    }

    void activate(Stack stack) {
        active = stack.id();
    }

    void put(Stack stack) {
        after.put(stack.id(), stack);
    }

    void remove(Stack stack) {
        after.remove(stack.id());
    }

    /** What has to be written, with the versions that were read. */
    List<RecordChange> changes(RecordStore records) {
        return changes(records, Set.of());
    }

    /** The same beside changes of components, which are told apart by their identities. */
    List<RecordChange> changes(RecordStore records, Set<UUID> components) {
        List<RecordChange> changes = new ArrayList<>();
        boolean removed = false;
        for (Map.Entry<UUID, Stack> was : before.entrySet()) {
            Long version = versions.get(was.getKey());
            if (!after.containsKey(was.getKey()) && version != null) {
                changes.add(new RecordChange.Remove(was.getKey(), version));
                removed = true;
            }
        }
        for (Stack stack : after.values()) {
            Long version = versions.get(stack.id());
            if (version == null) {
                changes.add(new RecordChange.Insert(KIND, stack.id(), stack.name(), encode(stack)));
            } else if (!stack.equals(before.get(stack.id()))) {
                changes.add(new RecordChange.Replace(stack.id(), version, stack.name(), encode(stack)));
            }
        }
        touchNewlyUsed(records, components, changes);
        byte[] body = active.toString().getBytes(StandardCharsets.UTF_8);
        if (setting == null) {
            changes.add(new RecordChange.Insert(SETTING_KIND, UUID.randomUUID(), ACTIVE, body));
        } else if (removed || !active.equals(activeId(setting))) {
            // Also when a stack goes: whoever makes it the active one at this moment has to look again.
            changes.add(new RecordChange.Replace(setting.id(), setting.version(), ACTIVE, body));
        }
        return changes;
    }

    /** Writes components anew that a stack did not use before: whoever deletes them at this moment has to look again. */
    private void touchNewlyUsed(RecordStore records, Set<UUID> touched, List<RecordChange> changes) {
        Set<UUID> used = new HashSet<>();
        for (Stack stack : after.values()) {
            Stack was = before.get(stack.id());
            stack.components().values().stream()
                    .filter(component -> was == null || !was.uses(component))
                    .forEach(used::add);
        }
        used.removeAll(touched);
        for (UUID component : used) {
            changes.add(records.findRecord(component)
                    .<RecordChange>map(record ->
                            new RecordChange.Replace(record.id(), record.version(), record.name(), record.body()))
                    .orElseGet(() -> new RecordChange.Remove(component, 0))); // is gone: fails, to be thought over
        }
    }

    private static byte[] encode(Stack stack) {
        Map<String, String> components = new TreeMap<>();
        stack.components().forEach((type, id) -> components.put(type.name(), id.toString()));
        return new RecordText(Map.of("name", stack.name()), components).encode("components");
    }

    static Stack decode(StoredRecord stored) {
        try {
            RecordText text = RecordText.decode(stored, Set.of("name"), "components");
            Map<ComponentType, UUID> components = new TreeMap<>();
            text.inner().forEach((type, id) -> components.put(new ComponentType(type), UUID.fromString(id)));
            return new Stack(text.field("name"), stored.id(), components);
        } catch (IOException | IllegalArgumentException e) {
            throw RecordText.unexpected(stored);
        }
    }
}
