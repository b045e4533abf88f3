package dev.coffer.stack;

import dev.coffer.component.ComponentType;
import dev.coffer.secrets.SecretName;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A stack as a file, to be taken to another store: its components with their attributes, references as they are, and
 * what secrets these name. It holds no value of a secret, and no credential that an attribute has in clear.
 *
 * <p>As YAML:
 *
 * <pre>
 * coffer-stack: 1
 * name: staging
 * components:
 * - type: secrets-manager
 *   name: team
 *   flavor: shared-folder
 *   flavor-class: com.example.SharedFolder
 *   attributes:
 *     folder: "/srv/secrets"
 *     passphrase: "{{folder.passphrase}}"
 *   left-out: [proxy-password]
 * secrets:
 * - name: folder
 *   secrets-manager: local
 *   schema: passphrase
 *   keys: [passphrase]
 * </pre>
 *
 * <p>{@code flavor-class}, {@code attributes}, {@code left-out}, {@code schema} and {@code secrets} may be absent.
 *
 * @param name the stack's name
 * @param components one of each type, sorted by type; one of them is a secrets manager
 * @param secrets what the components name, sorted by secrets manager and name
 */
public record StackFile(String name, List<Component> components, List<Need> secrets) {
    /** The version of the format. */
    public static final int FORMAT = 1;

    /** The largest file that is read, in characters: 1 MiB. */
    public static final int MAX_CHARACTERS = 1 << 20;

    /**
     * A component. The secrets manager {@code local} stands for that of the receiving store.
     *
     * @param type its type
     * @param name its name
     * @param flavor its flavor
     * @param flavorClass the class of a flavor that somebody registered, for whoever has to register it too
     * @param attributes name to text, references as they are
     * @param leftOut the names of attributes that it has and the file has not
     */
    public record Component(
            ComponentType type,
            String name,
            String flavor,
            Optional<String> flavorClass,
            SortedMap<String, String> attributes,
            SortedSet<String> leftOut) {
        /** Copies what is sorted. */
        public Component {
            attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
            leftOut = Collections.unmodifiableSortedSet(new TreeSet<>(leftOut));
        }

        /** Names, not texts. */
        @Override
        public String toString() {
            return "Component(" + type + " " + name + ", " + flavor + ", " + attributes.keySet() + ")";
        }
    }

    /**
     * A secret that components name.
     *
     * @param manager the name of the secrets manager that it is looked up in: that of the stack, or {@code local}
     * @param secret its name
     * @param schema its TYPE; empty where it was missing
     * @param keys those of its keys that are named
     */
    public record Need(String manager, SecretName secret, Optional<String> schema, SortedSet<String> keys) {
        private static final Comparator<Need> ORDER =
                Comparator.comparing(Need::manager).thenComparing(Need::secret);

        /** Copies the keys. */
        public Need {
            keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
        }
    }

    /**
     * Sorts and copies.
     *
     * @throws IllegalArgumentException if two components are of one type, or none is a secrets manager
     */
    public StackFile {
        components = components.stream()
                .sorted(Comparator.comparing(Component::type))
                .toList();
        secrets = secrets.stream().sorted(Need.ORDER).toList();
        Set<ComponentType> types = new HashSet<>();
        for (Component component : components) {
            if (!types.add(component.type())) {
                throw new IllegalArgumentException("a stack has one component of a type");
            }
        }
        if (!types.contains(ComponentType.SECRETS_MANAGER)) {
            throw new IllegalArgumentException("a stack has a secrets manager");
        }
    }

    /** The same stack under another name. */
    public StackFile named(String other) {
        return new StackFile(other, components, secrets);
    }

    /** The component of that type that every stack has. */
    public Component secretsManager() {
        return components.stream()
                .filter(component -> component.type().equals(ComponentType.SECRETS_MANAGER))
                .findFirst()
                .orElseThrow();
    }

    /** As YAML; {@link #parse} reads it. */
    public String toYaml() {
        return StackYaml.write(this);
    }

    /**
     * Reads YAML, or JSON, which is YAML too.
     *
     * @param text what the file holds
     * @param source names the file in errors
     * @throws dev.coffer.secrets.InvalidException if it is not the file of a stack, or that of a newer coffer; it says
     *     where
     */
    public static StackFile parse(CharSequence text, String source) {
        return new StackFileReader(source).read(text);
    }
}
