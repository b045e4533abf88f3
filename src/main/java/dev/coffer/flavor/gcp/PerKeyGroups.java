package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.GcpVersions.Added;
import dev.coffer.flavor.gcp.GcpVersions.Current;
import dev.coffer.flavor.gcp.GcpVersions.Obstacle;
import dev.coffer.flavor.gcp.GcpVersions.Version;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The provider secrets that a secret is made of in the layout per-key, one for each key. Each says which registration made it,
 * and which others that one took the place of: what those make later, as they did not notice, is none of the secret.
 */
final class PerKeyGroups {
    static final String GROUP = "zenml-group-key";

    /** Which registration made a key. */
    static final String REGISTRATION = "coffer-registration";

    /** The registrations whose place that one took, with blanks between them. */
    static final String AFTER = "coffer-after";

    static final Comparator<Meta> BY_ORDER =
            Comparator.comparingInt(PerKeyGroups::order).thenComparing(Meta::id);

    private static final String TYPE_LABEL = "zenml-schema-name";
    private static final String KEY = "coffer-key";
    private static final String TYPE = "coffer-schema";
    private static final String CREATED = "coffer-created";
    private static final String ORDER = "coffer-order";

    private final GcpClient client;
    private final GcpVersions versions;
    private final GcpNames names;

    PerKeyGroups(GcpClient client, GcpVersions versions, GcpNames names) {
        this.client = client;
        this.versions = versions;
        this.names = names;
    }

    /**
     * The provider secrets of one secret.
     *
     * @param members by key, in order
     * @param strays made by registrations that others took the place of
     * @param doubles more of a key that has a member, as ZenML writes ids otherwise; each would be one if that member went
     * @param gate there while the secret is not, or is compared
     */
    record Group(Map<String, Meta> members, List<Meta> strays, List<Meta> doubles, Optional<Meta> gate) {
        /** All but the gate. */
        List<Meta> all() {
            List<Meta> all = claimed();
            all.addAll(strays);
            return all;
        }

        /** Those that are the secret, or could be. */
        List<Meta> claimed() {
            List<Meta> claimed = new ArrayList<>(members.values());
            claimed.addAll(doubles);
            return claimed;
        }

        boolean isHidden() {
            return gate.isPresent() && !isBeingCompared();
        }

        boolean isBeingCompared() {
            return gate.map(PerKeyGate::of).filter(PerKeyGate::ofComparison).isPresent();
        }

        boolean isBeingDeleted() {
            return gate.map(PerKeyGate::of).filter(PerKeyGate::ofDeletion).isPresent();
        }

        private Group withoutGate() {
            return new Group(members, strays, doubles, Optional.empty());
        }
    }

    // Reading

    Group find(String operation, SecretName name) {
        return group(name, listed(operation, name));
    }

    /**
     * The same for a caller who saw them before. Lists may be late: those that a list lacks of them, or shows beside them,
     * are asked for by their ids.
     */
    Group find(String operation, SecretName name, Set<String> seen) {
        if (seen.isEmpty()) {
            return find(operation, name);
        }
        Map<String, Meta> found = new HashMap<>();
        listed(operation, name).forEach(meta -> found.put(meta.id(), meta));
        Set<String> unsure = new TreeSet<>(seen);
        unsure.addAll(found.keySet());
        unsure.removeIf(id -> seen.contains(id) && found.containsKey(id));
        unsure.forEach(id -> client.meta(operation, id)
                .filter(meta -> isOf(meta, name))
                .ifPresentOrElse(meta -> found.put(id, meta), () -> found.remove(id)));
        return group(name, new ArrayList<>(found.values()));
    }

    private List<Meta> listed(String operation, SecretName name) {
        List<Meta> found = new ArrayList<>();
        client.list(operation, "labels." + GROUP + "=" + GcpNames.label(name), meta -> {
            if (isOf(meta, name)) {
                found.add(meta);
            }
        });
        return found;
    }

    private boolean isOf(Meta meta, SecretName name) {
        return GcpNames.label(name).equals(meta.labels().get(GROUP)) && names.mayBeKey(meta.id());
    }

    private Group group(SecretName name, List<Meta> found) {
        found.sort(BY_ORDER);
        Set<String> replaced = found.stream()
                .filter(names::owns)
                .flatMap(meta -> after(meta).stream())
                .collect(Collectors.toSet());
        Map<String, Meta> members = new LinkedHashMap<>();
        List<Meta> strays = new ArrayList<>();
        List<Meta> doubles = new ArrayList<>();
        Optional<Meta> gate = Optional.empty();
        for (Meta meta : found) {
            if (isGate(meta)) {
                gate = Optional.of(meta);
            } else if (names.owns(meta) && replaced.contains(meta.annotation(REGISTRATION))) {
                strays.add(meta);
            } else {
                key(meta, name)
                        .filter(key -> members.putIfAbsent(key, meta) != null)
                        .ifPresent(key -> doubles.add(meta));
            }
        }
        return new Group(members, strays, doubles, gate);
    }

    /**
     * What there is once nobody compares it in order to delete it. Who does so gets a moment; a deletion that was cut off at
     * that, or is too slow, loses its gate, and then deletes nothing.
     *
     * @param look that finds it
     */
    Group compared(String operation, SecretName name, Supplier<Group> look) {
        Group group = look.get();
        for (int attempt = 1; group.isBeingCompared(); attempt++) {
            if (attempt > Pauses.ATTEMPTS) {
                if (client.delete(operation, group.gate().orElseThrow()) == Deleted.OVERTAKEN) {
                    throw overtaken(name);
                }
                return group.withoutGate(); // a list may be late
            }
            client.pauses().before(attempt, Duration.ZERO);
            group = look.get();
        }
        return group;
    }

    boolean isGate(Meta meta) {
        return names.owns(meta) && meta.annotations().containsKey(GcpClient.REGISTERING);
    }

    static List<String> after(Meta meta) {
        return List.of(meta.annotation(AFTER).split(" ", -1)).stream()
                .filter(id -> !id.isEmpty())
                .toList();
    }

    Optional<String> key(Meta meta, SecretName name) {
        return Optional.ofNullable(meta.annotations().get(KEY)).or(() -> names.keyAt(meta.id(), name));
    }

    /** Keys that know no order come last. */
    static int order(Meta meta) {
        String text = meta.annotation(ORDER);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : Integer.MAX_VALUE;
    }

    static String type(Meta meta) {
        String type = meta.annotations()
                .getOrDefault(TYPE, GcpNames.typeOfLabel(meta.labels().getOrDefault(TYPE_LABEL, "")));
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    static @Nullable Instant created(Meta meta) {
        try {
            String text = meta.annotation(CREATED);
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** A key as it was read. */
    record Read(Meta meta, Current current, SecretValue value) {
        PerKeyRevision.Part part() {
            return new PerKeyRevision.Part(
                    meta, current.version().map(Version::number).orElse(0L));
        }
    }

    /** The keys that have a value; none if the secret is not there. */
    Map<String, Read> read(String operation, Group group) {
        return read(operation, group, versions::current);
    }

    /** The same, and no values from before versions that were seen. */
    Map<String, Read> read(String operation, Group group, Map<String, Long> seen) {
        return read(operation, group, (doing, id) -> versions.current(doing, id, seen.getOrDefault(id, 0L)));
    }

    /** The same, and really the last values: for one request more for each key. */
    Map<String, Read> readLast(String operation, Group group) {
        return read(operation, group, versions::last);
    }

    /** The secret that these keys are. */
    static Secret secret(SecretName name, Map<String, Read> found) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        found.forEach((key, read) -> content.put(key, read.value()));
        Meta first = found.values().iterator().next().meta();
        return Secret.ofStored(name, type(first), content, null, created(first), null);
    }

    private Map<String, Read> read(String operation, Group group, BiFunction<String, String, Current> look) {
        Map<String, Read> found = new LinkedHashMap<>();
        if (group.isHidden()) {
            return found;
        }
        group.members().forEach((key, meta) -> {
            Current current = look.apply(operation, meta.id());
            if (current.obstacle().isPresent()) {
                throw current.obstacle().get() == Obstacle.DISABLED
                        ? client.failed(operation, "the latest version of the key " + key + " is disabled", "enable it")
                        : client.failed(
                                operation,
                                GcpSecretsManager.LOCKED + ": that of the key " + key,
                                GcpSecretsManager.LOCKED_HINT);
            }
            current.version().ifPresent(version -> {
                String text = GcpPayload.text(version.value())
                        .orElseThrow(() -> client.failed(
                                operation, "the value of the key " + key + " is no text", "read it with another tool"));
                found.put(key, new Read(meta, current, SecretValue.of(text)));
            });
        });
        requireOneRegistration(operation, found);
        return found;
    }

    /** Lists that are minutes old can let a second registration do its work beside a first one. */
    private void requireOneRegistration(String operation, Map<String, Read> found) {
        Map<String, Set<String>> made = new HashMap<>();
        found.forEach((key, read) -> {
            if (names.owns(read.meta())) {
                made.computeIfAbsent(read.meta().annotation(REGISTRATION), any -> new TreeSet<>())
                        .add(key);
            }
        });
        if (made.size() > 1) {
            throw client.failed(
                    operation,
                    "two registrations that did not see each other made its keys: "
                            + made.values().stream()
                                    .map(keys -> String.join(", ", keys))
                                    .sorted()
                                    .collect(Collectors.joining("; and ")),
                    "save the values that you need with another tool, delete it, and register it anew");
        }
    }

    /** Whether one of these has a value. */
    boolean isThere(String operation, Collection<Meta> metas) {
        return metas.stream()
                .anyMatch(meta -> versions.current(operation, meta.id()).isThere());
    }

    // Writing

    Map<String, String> labels(Secret secret) {
        return Map.of(
                GcpSecretsManager.MARK,
                names.mark(),
                GROUP,
                GcpNames.label(secret.name()),
                TYPE_LABEL,
                GcpNames.typeLabel(secret.schemaType()));
    }

    /**
     * What is noted of a key that is made.
     *
     * @param origin of the registration
     */
    static Map<String, String> annotations(
            Secret secret, String key, int order, @Nullable Instant created, Map<String, String> origin) {
        Map<String, String> annotations = new HashMap<>(origin);
        annotations.put(GcpSecretsManager.NAME, secret.name().value());
        annotations.put(KEY, key);
        annotations.put(TYPE, secret.schemaType());
        annotations.put(ORDER, String.valueOf(order));
        if (created != null) {
            annotations.put(CREATED, created.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        return annotations;
    }

    /** Of the registration of a key, for one that is added to the same secret. */
    static Map<String, String> origin(Meta meta) {
        Map<String, String> origin = new HashMap<>(meta.annotations());
        origin.keySet().retainAll(Set.of(REGISTRATION, AFTER));
        return origin;
    }

    /** With another type. */
    Meta typed(Meta meta, Secret secret) {
        Map<String, String> labels = new HashMap<>(meta.labels());
        labels.putAll(labels(secret));
        Map<String, String> annotations = new HashMap<>(meta.annotations());
        annotations.put(TYPE, secret.schemaType());
        return meta.with(labels, annotations);
    }

    /** With coffer's mark. */
    Meta adopted(Meta meta, SecretName name, String key) {
        Map<String, String> labels = new HashMap<>(meta.labels());
        labels.put(GcpSecretsManager.MARK, names.mark());
        Map<String, String> annotations = new HashMap<>(meta.annotations());
        annotations.put(GcpSecretsManager.NAME, name.value());
        annotations.put(KEY, key);
        return meta.with(labels, annotations);
    }

    /**
     * Writes a value.
     *
     * @param last the last version that was seen
     * @return the number of the new version
     */
    long add(String operation, SecretName name, String key, String id, SecretValue value, long last) {
        byte[] bytes = value.revealText().getBytes(UTF_8);
        Added added = versions.add(operation, id, bytes, last, found -> Arrays.equals(found, bytes))
                .orElseThrow(() -> overtaken(name));
        Arrays.fill(bytes, (byte) 0);
        if (added.overtaken()) {
            throw new ConflictException(
                    "the key " + key + " of secret " + name
                            + " was written by somebody else at the same time; what coffer wrote is version "
                            + added.number() + " at Google and the current one, and the other change is before it",
                    name.value(),
                    "look at both, and write what they should be");
        }
        return added.number();
    }

    static ConflictException overtaken(SecretName name) {
        return new ConflictException(
                "secret " + name + " was changed by somebody else at the same time",
                name.value(),
                "look at it, and try again");
    }
}
