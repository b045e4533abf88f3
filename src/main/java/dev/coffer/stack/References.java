package dev.coffer.stack;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The references in the attributes of one component. They are resolved when their values are needed and not before;
 * what is stored of a component keeps them as they are.
 *
 * <p>A secrets manager's own references resolve in the secrets manager {@code local}, which may have none: so no chain
 * of references is longer than one, and none is a circle.
 */
public final class References {
    /** The secrets manager that the references of secrets managers resolve in. */
    public static final String ROOT_MANAGER = "local";

    private final ComponentDefinition component;
    private final SortedMap<String, ReferenceText> attributes;

    private References(ComponentDefinition component, SortedMap<String, ReferenceText> attributes) {
        this.component = component;
        this.attributes = attributes;
    }

    /**
     * Reads the attributes of a component.
     *
     * @throws InvalidException if an attribute has braces that are no reference, or the component is the secrets manager
     *     {@code local} and has references
     */
    public static References of(ComponentDefinition component) {
        SortedMap<String, ReferenceText> attributes = new TreeMap<>();
        component.attributes().forEach((name, text) -> {
            try {
                attributes.put(name, ReferenceText.parse(text));
            } catch (InvalidException e) { // it cannot know the place
                throw new InvalidException(
                        "the attribute " + Printable.text(name) + " of " + title(component) + ": " + e.getMessage(),
                        component.name(),
                        e.hint().orElse(null));
            }
        });
        References references = new References(component, attributes);
        boolean isRoot = component.type().equals(ComponentType.SECRETS_MANAGER)
                && component.name().equals(ROOT_MANAGER);
        if (isRoot && !references.isEmpty()) {
            throw new InvalidException(
                    "the secrets manager " + ROOT_MANAGER + " may have no references, because the references of"
                            + " secrets managers resolve in it: this one would need itself",
                    ROOT_MANAGER,
                    "give the attribute its value");
        }
        return references;
    }

    private static String title(ComponentDefinition component) {
        return "the " + component.type() + " " + Printable.text(component.name());
    }

    /** Whether no attribute has a reference. */
    public boolean isEmpty() {
        return attributes.values().stream().allMatch(text -> text.references().isEmpty());
    }

    /** Secret to the keys of it that are named, both sorted. */
    public SortedMap<SecretName, SortedSet<String>> needed() {
        SortedMap<SecretName, SortedSet<String>> needed = new TreeMap<>();
        for (ReferenceText text : attributes.values()) {
            for (Reference reference : text.references()) {
                needed.computeIfAbsent(reference.secret(), name -> new TreeSet<>())
                        .add(reference.key());
            }
        }
        return needed;
    }

    /**
     * The component with the values in place of its references. The attributes hold secrets from then on: the result is
     * for whoever runs the component, and is never stored. Its {@code toString} shows no attribute's text. Each secret
     * is read once.
     *
     * @param manager where the secrets are
     * @throws NoSuchRecordException if a secret or a key is missing; it names component, attribute, secret and key
     */
    public ComponentDefinition resolve(SecretsManager manager) {
        Map<Reference, String> values = new HashMap<>();
        List<Missing> missing = search(manager, values);
        if (!missing.isEmpty()) {
            Missing first = missing.get(0);
            String more = missing.size() == 1 ? "" : "; " + (missing.size() - 1) + " more missing";
            throw new NoSuchRecordException(
                    first.sentence() + more, first.reference().secret().value(), first.hint());
        }
        return with(values);
    }

    /** What {@link #resolve} gives for a component without references, when there is no manager at hand. */
    public ComponentDefinition withoutValues() {
        return with(Map.of());
    }

    private ComponentDefinition with(Map<Reference, String> values) {
        Map<String, String> resolved = new TreeMap<>();
        attributes.forEach(
                (name, text) -> resolved.put(name, text.resolve(reference -> values.getOrDefault(reference, ""))));
        return new ComponentDefinition(
                component.type(), component.flavor(), component.name(), component.id(), resolved);
    }

    /** The references of this component that name nothing. See {@link #missing(List, SecretsManager, ValidationLevel)}. */
    public List<Missing> missing(SecretsManager manager, ValidationLevel level) {
        return missing(List.of(this), manager, level);
    }

    /**
     * The references that name nothing, by component, attribute and reference.
     *
     * @param components the references of several components
     * @param manager where the secrets of all of them are
     * @param level {@link ValidationLevel#NONE} asks the manager nothing, {@link ValidationLevel#SECRET_EXISTS} reads no
     *     secret, {@link ValidationLevel#SECRET_AND_KEY_EXISTS} reads each secret once
     */
    public static List<Missing> missing(List<References> components, SecretsManager manager, ValidationLevel level) {
        List<References> some =
                components.stream().filter(references -> !references.isEmpty()).toList();
        if (level == ValidationLevel.NONE || some.isEmpty()) { // the manager may be out of reach: not asked in vain
            return List.of();
        }
        Lookup lookup;
        if (level == ValidationLevel.SECRET_EXISTS) {
            Set<SecretName> there = new HashSet<>(manager.getAllSecretKeys());
            lookup = reference -> there.contains(reference.secret()) || manager.hasSecret(reference.secret())
                    ? ANY_KEY // also where a listing is minutes behind
                    : NO_SECRET;
        } else {
            Map<SecretName, Found> found = new HashMap<>();
            for (References references : some) {
                references
                        .needed()
                        .forEach((name, keys) ->
                                found.computeIfAbsent(name, unread -> read(manager, unread, keys, null)));
            }
            lookup = reference -> found.getOrDefault(reference.secret(), NO_SECRET);
        }
        List<Missing> missing = new ArrayList<>();
        some.forEach(references -> missing.addAll(references.report(manager, lookup)));
        return missing;
    }

    /** What is known of a secret. */
    private record Found(boolean exists, boolean anyKey, SortedSet<String> keys) {}

    private static final Found ANY_KEY = new Found(true, true, Collections.emptySortedSet());
    private static final Found NO_SECRET = new Found(false, false, Collections.emptySortedSet());

    private interface Lookup {
        Found of(Reference reference);
    }

    private List<Missing> search(SecretsManager manager, Map<Reference, String> values) {
        Map<SecretName, Found> found = new HashMap<>();
        needed().forEach((name, keys) -> found.put(name, read(manager, name, keys, values)));
        return report(manager, reference -> found.getOrDefault(reference.secret(), NO_SECRET));
    }

    private static Found read(
            SecretsManager manager, SecretName name, SortedSet<String> keys, @Nullable Map<Reference, String> values) {
        try (Secret secret = manager.getSecret(name)) {
            for (String key : keys) {
                if (values != null && secret.content().containsKey(key)) {
                    values.put(new Reference(name, key), secret.value(key).revealText());
                }
            }
            return new Found(true, false, new TreeSet<>(secret.content().keySet()));
        } catch (NoSuchSecretException e) {
            return NO_SECRET;
        }
    }

    private List<Missing> report(SecretsManager manager, Lookup lookup) {
        List<Missing> missing = new ArrayList<>();
        attributes.forEach((name, text) -> {
            for (Reference reference : text.references()) {
                Found found = lookup.of(reference);
                if (!found.exists() || !(found.anyKey() || found.keys().contains(reference.key()))) {
                    missing.add(new Missing(component, name, reference, manager.name(), found.exists(), found.keys()));
                }
            }
        });
        return missing;
    }
}
