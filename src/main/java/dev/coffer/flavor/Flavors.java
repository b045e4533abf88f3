package dev.coffer.flavor;

import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.InvalidException;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The flavors that can be had: the built-in ones, and those that {@link ServiceLoader} finds on the class path. The
 * class path is searched once, and not before a flavor is asked for that is not built in, because most commands ask for
 * none. Safe for use by several threads.
 */
public final class Flavors {
    private final NavigableMap<Key, Flavor> builtIn = new TreeMap<>();
    private final ClassLoader loader;
    private @Nullable NavigableMap<Key, Flavor> all;

    private record Key(ComponentType type, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : name.compareTo(other.name);
        }
    }

    private Flavors(Collection<? extends Flavor> builtIn, ClassLoader loader) {
        this.loader = loader;
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
        return new Flavors(builtIn, loader);
    }

    /**
     * The flavor of that type and name, if there is one.
     *
     * @throws InvalidException if it is not built in, and the flavors on the class path cannot be loaded or two have the
     *     same name
     */
    public Optional<Flavor> find(ComponentType type, String name) {
        Key key = new Key(type, name);
        Flavor found = builtIn.get(key);
        return Optional.ofNullable(found != null ? found : all().get(key));
    }

    /**
     * All flavors of a type, sorted by name.
     *
     * @throws InvalidException if the flavors on the class path cannot be loaded, or two have the same name
     */
    public List<Flavor> list(ComponentType type) {
        return all().values().stream()
                .filter(flavor -> flavor.type().equals(type))
                .toList();
    }

    private synchronized NavigableMap<Key, Flavor> all() {
        if (all == null) {
            NavigableMap<Key, Flavor> found = new TreeMap<>(builtIn);
            try {
                ServiceLoader.load(Flavor.class, loader).forEach(flavor -> add(found, flavor));
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
