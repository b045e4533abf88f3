package dev.coffer.flavor;

import dev.coffer.component.ComponentType;
import dev.coffer.component.ExtensionJars;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.StoreFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The flavors that can be had: the built-in ones, those that were registered, and those that {@link ServiceLoader} finds
 * on the class path. The class path is searched once, and not before a flavor is asked for that is not built in, because
 * most commands ask for none. Safe for use by several threads.
 */
public final class Flavors {
    private final NavigableMap<Key, Flavor> builtIn = new TreeMap<>();
    private final ClassLoader loader;
    private final Optional<CustomFlavors> custom;
    private @Nullable NavigableMap<Key, Flavor> all;

    private record Key(ComponentType type, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : name.compareTo(other.name);
        }
    }

    /** Where a flavor is from. */
    public enum Source {
        /** Comes with coffer. */
        BUILT_IN,
        /** Was registered in the store. */
        REGISTERED,
        /** Declares itself on the class path. */
        CLASS_PATH
    }

    /**
     * A flavor in a listing.
     *
     * @param name its name
     * @param source where it is from
     * @param description one sentence
     */
    public record Entry(String name, Source source, String description) {}

    private Flavors(Collection<? extends Flavor> builtIn, ClassLoader loader, Optional<CustomFlavors> custom) {
        this.loader = loader;
        this.custom = custom;
        builtIn.forEach(flavor -> add(this.builtIn, flavor));
    }

    /**
     * These flavors and those on the class path.
     *
     * @throws InvalidException if two flavors of one type have the same name
     */
    public static Flavors of(Collection<? extends Flavor> builtIn) {
        // Not the thread's context loader: which flavors there are must not depend on who asks.
        return of(builtIn, Flavors.class.getClassLoader());
    }

    static Flavors of(Collection<? extends Flavor> builtIn, ClassLoader loader) {
        return new Flavors(builtIn, loader, Optional.empty());
    }

    /** These, those that are registered among the records, and those on the class path. */
    static Flavors of(Collection<? extends Flavor> builtIn, RecordStore records, ExtensionJars jars) {
        return of(builtIn, records, jars, Flavors.class.getClassLoader());
    }

    static Flavors of(
            Collection<? extends Flavor> builtIn, RecordStore records, ExtensionJars jars, ClassLoader loader) {
        return new Flavors(builtIn, loader, Optional.of(new CustomFlavors(records, jars)));
    }

    /** The same without those that are registered: no store is needed to see them. */
    public Flavors withoutRegistered() {
        return of(builtIn.values(), loader);
    }

    /**
     * The flavor of that type and name, if there is one.
     *
     * @throws IntegrityException if it is registered, and its jar is not the one that was registered
     * @throws StoreFileException if it is registered, and its jar is missing
     * @throws InvalidException if its class is of no use; or if it is not built in, and the flavors on the class path
     *     cannot be loaded or two have the same name, the registered ones included
     */
    public Optional<Flavor> find(ComponentType type, String name) {
        Key key = new Key(type, name);
        Flavor found = builtIn.get(key);
        if (found != null) {
            return Optional.of(found);
        }
        Optional<Flavor> onClassPath = Optional.ofNullable(all().get(key));
        onClassPath.ifPresent(flavor -> requireNotRegistered(key, flavor));
        return onClassPath.or(() -> custom.flatMap(flavors -> flavors.find(type, name)));
    }

    /** Which of the two it should be is not for coffer to say: they may keep secrets in different places. */
    private void requireNotRegistered(Key key, Flavor onClassPath) {
        registration(key.type(), key.name()).ifPresent(registered -> {
            throw new InvalidException(
                    "there are two " + key.type() + " flavors named " + key.name() + ": " + registered.className()
                            + ", which is registered, and "
                            + onClassPath.getClass().getName() + " on the class path",
                    key.name(),
                    "take the one off the class path, or forget the other: 'coffer secrets-manager flavor delete "
                            + key.name() + "'");
        });
    }

    /**
     * All flavors of a type but the registered ones, sorted by name.
     *
     * @throws InvalidException if the flavors on the class path cannot be loaded, or two have the same name
     */
    public List<Flavor> list(ComponentType type) {
        return all().values().stream()
                .filter(flavor -> flavor.type().equals(type))
                .toList();
    }

    /**
     * What all flavors of a type are called, sorted by name. No code of a registered flavor is run. A name that is both
     * registered and on the class path is there twice; {@link #find} refuses it.
     *
     * @throws InvalidException if the flavors on the class path cannot be loaded, or two have the same name
     */
    public List<Entry> entries(ComponentType type) {
        List<Entry> entries = new ArrayList<>();
        for (Flavor flavor : list(type)) {
            Source source = builtIn.containsValue(flavor) ? Source.BUILT_IN : Source.CLASS_PATH;
            entries.add(new Entry(flavor.name(), source, flavor.description()));
        }
        for (RegisteredFlavor flavor : custom.map(CustomFlavors::list).orElse(List.of())) {
            if (flavor.type().equals(type) && !builtIn.containsKey(new Key(type, flavor.name()))) {
                entries.add(new Entry(flavor.name(), Source.REGISTERED, flavor.description()));
            }
        }
        entries.sort(Comparator.comparing(Entry::name).thenComparing(Entry::source));
        return List.copyOf(entries);
    }

    /** How a flavor was registered, if it was. */
    public Optional<RegisteredFlavor> registration(ComponentType type, String name) {
        return custom.flatMap(flavors -> flavors.registration(type, name));
    }

    /**
     * Registers a flavor of secrets managers. Its code is run to learn its name. A jar is copied, at most 64 MiB; the
     * jar of a flavor that was replaced is removed if no other extension is in it.
     *
     * @param className its class, with a public constructor without parameters
     * @param jar where the class is; empty if it is on the class path
     * @param replace whether it may take the place of a registered flavor of its name
     * @throws RecordExistsException if there is a flavor of its name that may not be replaced: one that is built in, on
     *     the class path, or registered
     * @throws StoreFileException if the jar cannot be read or copied
     * @throws InvalidException if the jar or the class is of no use, or the flavors on the class path are
     */
    public RegisteredFlavor register(String className, Optional<Path> jar, boolean replace) {
        CustomFlavors registry = registry();
        CustomFlavors.Draft draft = CustomFlavors.read(className, jar);
        RegisteredFlavor flavor = draft.flavor();
        requireFree(new Key(flavor.type(), flavor.name()));
        registry.put(draft, replace);
        return flavor;
    }

    private void requireFree(Key key) {
        if (builtIn.containsKey(key)) {
            throw new RecordExistsException(
                    "coffer has a flavor " + key.name() + " of its own, which cannot be replaced",
                    key.name(),
                    "give the flavor another name");
        }
        Flavor onClassPath = all().get(key);
        if (onClassPath != null) {
            throw new RecordExistsException(
                    "a flavor " + key.name() + " is on the class path: "
                            + onClassPath.getClass().getName(),
                    key.name(),
                    "it needs no registering; give another flavor another name");
        }
    }

    /**
     * Refuses what {@link #delete} would refuse.
     *
     * @throws NoSuchRecordException if none of that type and name is registered
     */
    public void requireDeletable(ComponentType type, String name) {
        if (registration(type, name).isEmpty()) {
            boolean own = builtIn.containsKey(new Key(type, name));
            throw new NoSuchRecordException(
                    own
                            ? "the flavor " + name + " is coffer's own and cannot be deleted"
                            : "there is no registered flavor " + Printable.quote(name),
                    Printable.text(name),
                    "'coffer secrets-manager flavor list' shows all");
        }
    }

    /**
     * Forgets a registered flavor, and removes its jar if no other extension is in it.
     *
     * @throws NoSuchRecordException if none of that type and name is registered
     */
    public void delete(ComponentType type, String name) {
        requireDeletable(type, name);
        registry().delete(type, name);
    }

    private CustomFlavors registry() {
        return custom.orElseThrow(() -> new IllegalStateException("there is no store to register flavors in"));
    }

    private synchronized NavigableMap<Key, Flavor> all() {
        if (all == null) {
            NavigableMap<Key, Flavor> found = new TreeMap<>(builtIn);
            try {
                ServiceLoader.load(Flavor.class, loader).forEach(flavor -> {
                    FlavorInspection.of(flavor);
                    add(found, flavor);
                });
            } catch (ServiceConfigurationError | LinkageError e) {
                throw new InvalidException(
                        "a flavor on the class path cannot be loaded: " + e.getMessage(),
                        null,
                        "take its jar off the class path, or mend it",
                        e);
            }
            all = found;
        }
        return all;
    }

    private static void add(NavigableMap<Key, Flavor> flavors, Flavor flavor) {
        Flavor other = flavors.putIfAbsent(new Key(flavor.type(), flavor.name()), flavor);
        if (other != null) {
            throw new InvalidException(
                    "there are two " + flavor.type() + " flavors named " + flavor.name() + ": "
                            + other.getClass().getName() + " and "
                            + flavor.getClass().getName(),
                    flavor.name(),
                    "take one of the two off the class path");
        }
    }
}
