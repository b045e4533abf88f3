package dev.coffer.sync;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.sync.KeyChange.Kind;
import dev.coffer.sync.KeyChange.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Two contents held against the one that they come from, key by key. Keys that both sides changed alike are no change.
 *
 * @param changes in the order of the keys, the schema type last
 */
record ThreeWay(List<KeyChange> changes) {
    ThreeWay {
        changes = List.copyOf(changes);
    }

    static ThreeWay of(Prints base, Prints local, Prints remote) {
        Set<String> keys = new TreeSet<>(base.keys().keySet());
        keys.addAll(local.keys().keySet());
        keys.addAll(remote.keys().keySet());
        List<KeyChange> changes = new ArrayList<>();
        for (String key : keys) {
            add(
                    changes,
                    key,
                    base.keys().get(key),
                    local.keys().get(key),
                    remote.keys().get(key));
        }
        add(changes, KeyChange.SCHEMA, type(base), type(local), type(remote));
        return new ThreeWay(changes);
    }

    private static @Nullable String type(Prints prints) {
        return prints.schemaType().isEmpty() ? null : prints.schemaType();
    }

    private static void add(
            List<KeyChange> changes,
            String key,
            @Nullable String base,
            @Nullable String local,
            @Nullable String remote) {
        if (Objects.equals(local, remote)) {
            return;
        }
        if (Objects.equals(local, base)) {
            changes.add(new KeyChange(key, Side.REMOTE, kind(base, remote)));
        } else if (Objects.equals(remote, base)) {
            changes.add(new KeyChange(key, Side.LOCAL, kind(base, local)));
        } else {
            changes.add(new KeyChange(key, Side.BOTH, kind(base, local)));
        }
    }

    private static Kind kind(@Nullable String before, @Nullable String after) {
        return before == null ? Kind.ADDED : after == null ? Kind.REMOVED : Kind.CHANGED;
    }

    boolean has(Side side) {
        return changes.stream().anyMatch(change -> change.side() == side);
    }

    /** What is agreed once both sides look like this: a key on which they differ stays as it was. */
    static Prints agreed(Prints before, Prints local, Prints remote) {
        SortedMap<String, String> keys = new TreeMap<>(before.keys());
        Set<String> all = new TreeSet<>(keys.keySet());
        all.addAll(local.keys().keySet());
        all.addAll(remote.keys().keySet());
        for (String key : all) {
            String mine = local.keys().get(key);
            if (!Objects.equals(mine, remote.keys().get(key))) {
                continue;
            }
            if (mine == null) {
                keys.remove(key);
            } else {
                keys.put(key, mine);
            }
        }
        String type = local.schemaType().equals(remote.schemaType()) ? local.schemaType() : before.schemaType();
        return new Prints(type, keys);
    }

    /** What one side looks like with what the other one changed. */
    Prints merged(Prints onto, Prints from, Side side) {
        SortedMap<String, String> keys = new TreeMap<>(onto.keys());
        String type = onto.schemaType();
        for (KeyChange change : changes) {
            if (change.side() != side) {
                continue;
            }
            String theirs = from.keys().get(change.key());
            if (change.key().equals(KeyChange.SCHEMA)) {
                type = from.schemaType();
            } else if (theirs == null) {
                keys.remove(change.key());
            } else {
                keys.put(change.key(), theirs);
            }
        }
        return new Prints(type, keys);
    }

    /**
     * A content with what one side changed taken over from the other. The values are copies.
     *
     * @param onto what is changed; its keys keep their order
     * @param from where the changes are taken from
     * @param sides whose changes
     */
    Secret apply(SecretName name, Secret onto, Secret from, Set<Side> sides) {
        Set<String> taken = changes.stream()
                .filter(change -> sides.contains(change.side()))
                .map(KeyChange::key)
                .collect(Collectors.toSet());
        return take(name, onto, from, taken);
    }

    /** A content with some keys as another content has them, gone where it has none. The values are copies. */
    static Secret take(SecretName name, Secret onto, Secret from, Set<String> keys) {
        Map<String, SecretValue> content = new LinkedHashMap<>(onto.content());
        for (String key : keys) {
            if (!from.content().containsKey(key)) {
                content.remove(key);
            }
        }
        from.content().forEach((key, value) -> {
            if (keys.contains(key)) {
                content.put(key, value);
            }
        });
        content.replaceAll((key, value) -> value.copy());
        String type = keys.contains(KeyChange.SCHEMA) ? from.schemaType() : onto.schemaType();
        return Secret.of(name, type, content);
    }
}
