package dev.coffer.cli;

import dev.coffer.CofferOptions;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.schema.SchemaSource;
import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.ExtensionRecords;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.stack.Components;
import dev.coffer.stack.Stacks;
import dev.coffer.sync.SyncTarget;
import dev.coffer.vault.NamesInClear;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The names that completion offers. The store is looked at when the first of them is asked for, and never unlocked. */
final class CompletionNames {
    private final CofferOptions options;
    private @Nullable NamesInClear store;

    CompletionNames(Map<String, String> environment, @Nullable String home) {
        CofferOptions plain = CofferOptions.fromEnvironment(environment);
        this.options = home == null || home.isEmpty() ? plain : plain.withHome(Path.of(home));
    }

    private NamesInClear store() {
        if (store == null) {
            store = NamesInClear.of(options.location());
        }
        return store;
    }

    List<String> secrets() {
        return store().secrets();
    }

    List<String> schemas() {
        SortedSet<String> types = new TreeSet<>(store().records(SchemaSource.KIND));
        SchemaCatalog.builtIn().list().forEach(schema -> types.add(schema.type()));
        return List.copyOf(types);
    }

    /** The keys of a schema of coffer's own; those of others cannot be read without a key. */
    List<String> keys(String type) {
        return SchemaCatalog.builtIn().find(type).map(SecretSchema::keys).orElse(List.of()).stream()
                .map(SchemaKey::name)
                .toList();
    }

    List<String> stacks() {
        List<String> stored = store().records(Stacks.KIND);
        return stored.isEmpty() ? List.of(Stacks.DEFAULT) : stored;
    }

    /** The types that components of the store have, but secrets managers. */
    List<String> types() {
        SortedSet<String> types = new TreeSet<>();
        for (String name : store().records(Components.KIND)) {
            types.add(name.replaceFirst("/.*", ""));
        }
        types.remove(ComponentType.SECRETS_MANAGER.name());
        return List.copyOf(types);
    }

    List<String> components(String type) {
        return store().records(Components.KIND).stream()
                .filter(name -> name.startsWith(type + "/"))
                .map(name -> name.substring(type.length() + 1))
                .toList();
    }

    /** The secrets managers that are sync targets. */
    List<String> targets() {
        NavigableSet<String> targets = new TreeSet<>();
        for (String manager : store().records(SyncTarget.KIND)) {
            try {
                store().record(UUID.fromString(manager))
                        .map(name -> name.substring(name.indexOf('/') + 1))
                        .ifPresent(targets::add);
            } catch (IllegalArgumentException e) {
                // Nothing that coffer wrote.
            }
        }
        return List.copyOf(targets);
    }

    List<String> flavors() {
        List<String> flavors = new ArrayList<>(List.of("local", "memory"));
        for (String name : store().records(ExtensionRecords.FLAVOR)) {
            flavors.add(name.substring(name.indexOf('/') + 1));
        }
        return flavors;
    }
}
