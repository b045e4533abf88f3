package dev.coffer.flavor;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One secret with all its versions, oldest first; never without one once it is in a store. Guarded by its store. */
final class MemorySecret {
    private final List<Version> versions = new ArrayList<>();
    private SecretName name;

    MemorySecret(SecretName name) {
        this.name = name;
    }

    /** A tombstone is a version without content. */
    private record Version(
            long number,
            String schemaType,
            Map<String, SecretValue> content,
            Instant created,
            String origin,
            boolean deleted) {
        SecretVersion described() {
            return new SecretVersion(number, schemaType, created, List.copyOf(content.keySet()), origin, deleted);
        }
    }

    SecretName name() {
        return name;
    }

    void rename(SecretName to) {
        name = to;
    }

    /** Adds a version. The values become this secret's own. */
    void write(Secret content, String origin, Instant now) {
        versions.add(new Version(nextNumber(), content.schemaType(), content.content(), now, origin, false));
    }

    /** Adds a tombstone. */
    void bury(Instant now) {
        versions.add(new Version(nextNumber(), current().schemaType(), Map.of(), now, "delete", true));
    }

    /** The number of the newest version, tombstones included. */
    long number() {
        return current().number();
    }

    /** The current content. It shares its values with this secret: copy it before it is handed out. */
    Secret content() {
        return contentOf(current());
    }

    /** As {@link #content()}, at a version; empty if there is no such version, or it is a tombstone. */
    Optional<Secret> content(long number) {
        return versions.stream()
                .filter(version -> version.number() == number && !version.deleted())
                .findFirst()
                .map(this::contentOf);
    }

    /** As {@link #content()}, before the secret was deleted. */
    Secret lastContent() {
        return versions.stream()
                .filter(version -> !version.deleted())
                .reduce((older, newer) -> newer)
                .map(this::contentOf)
                .orElseThrow(); // the first version is never a tombstone
    }

    SecretSummary summary() {
        return new SecretSummary(
                name, current().schemaType(), number(), created(), current().created());
    }

    /** Newest first. */
    List<SecretVersion> history() {
        List<SecretVersion> history = new ArrayList<>();
        for (int i = versions.size() - 1; i >= 0; i--) {
            history.add(versions.get(i).described());
        }
        return List.copyOf(history);
    }

    void wipe() {
        versions.forEach(version -> version.content().values().forEach(SecretValue::close));
        versions.clear();
    }

    /** The same secret with values of its own; what it says about its version stays. */
    static Secret copy(Secret secret) {
        Map<String, SecretValue> values = new LinkedHashMap<>(secret.content());
        values.replaceAll((key, value) -> value.copy());
        return Secret.of(secret.name(), secret.schemaType(), values)
                .stored(
                        secret.version().orElse(null),
                        secret.created().orElse(null),
                        secret.updated().orElse(null));
    }

    private Secret contentOf(Version version) {
        return Secret.of(name, version.schemaType(), version.content())
                .stored(version.number(), created(), version.created());
    }

    private Version current() {
        return versions.get(versions.size() - 1);
    }

    private Instant created() {
        return versions.get(0).created();
    }

    private long nextNumber() {
        return versions.isEmpty() ? 1 : number() + 1;
    }
}
