package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.GcpVersions.Current;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.gcp.PerKeyGroups.Read;
import dev.coffer.flavor.gcp.PerKeyRevision.Part;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One update in the layout per-key: it writes the keys one after the other, and those that are gone last.
 *
 * <p>Google compares nothing before it adds a version. So an update of a certain revision looks at the last versions of all
 * keys first, and once more at each key right before it is written: what is changed by then stops it. Who writes in the moment
 * between that look and the write is noticed by the number of the version: both versions are kept then, and it is told.
 * Making and deleting provider secrets, and changing their labels, is what Google itself does only if nobody else did.
 */
final class PerKeyUpdate {
    private final GcpClient client;
    private final GcpVersions versions;
    private final GcpNames names;
    private final PerKeyGroups groups;
    private final SecretName name;
    private final Optional<String> expected;
    private final String operation;
    private final List<String> done = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    /**
     * Prepares one.
     *
     * @param expected the revision that is to be changed; empty for whichever there is
     */
    PerKeyUpdate(
            GcpClient client,
            GcpVersions versions,
            GcpNames names,
            PerKeyGroups groups,
            SecretName name,
            Optional<String> expected) {
        this.client = client;
        this.versions = versions;
        this.names = names;
        this.groups = groups;
        this.name = name;
        this.expected = expected;
        this.operation = "update secret " + name;
    }

    /**
     * What became of it.
     *
     * @param changed whether anything was written
     * @param revision which is current now
     */
    record Updated(boolean changed, String revision) {}

    /**
     * Writes what is to be there.
     *
     * @param change from what is stored
     */
    Updated run(UnaryOperator<Secret> change) {
        Group group = groups.find(
                operation,
                name,
                expected.map(revision -> PerKeyRevision.versions(revision).keySet())
                        .orElse(Set.of()));
        Map<String, Read> found = groups.readLast(operation, group);
        if (found.isEmpty()) {
            throw new NoSuchSecretException(name);
        }
        String seen = PerKeyRevision.of(found.values().stream().map(Read::part).toList());
        if (!seen.equals(expected.orElse(seen))) {
            throw moved();
        }
        List<Read> replaced = new ArrayList<>();
        Set<String> gone = new HashSet<>(found.keySet());
        try (Secret stored = PerKeyGroups.secret(name, found)) {
            Secret fit = change.apply(stored);
            if (!found.values().stream().map(Read::meta).allMatch(names::owns)) {
                throw GcpSecretsManager.foreign(name);
            }
            gone.removeAll(fit.content().keySet());
            if (stored.sameContentAs(fit)) {
                return new Updated(false, seen);
            }
            int next = next(found);
            for (Map.Entry<String, SecretValue> entry : fit.content().entrySet()) {
                Read read = found.get(entry.getKey());
                if (read == null) {
                    make(fit, entry.getKey(), next++, stored, group);
                } else if (change(fit, entry.getKey(), read)) {
                    replaced.add(read);
                }
            }
        }
        found.forEach((key, read) -> {
            if (gone.contains(key)) {
                remove(key, read);
            }
        });
        replaced.forEach(read -> read.current() // after all else is done: a right to it may be missing
                .version()
                .ifPresent(version -> versions.retire(
                        "retire the old version of secret " + name + ", which was written",
                        read.meta().id(),
                        version.number())));
        return new Updated(true, PerKeyRevision.of(parts));
    }

    /** The place of a key that is added. */
    private static int next(Map<String, Read> found) {
        return 1
                + found.values().stream()
                        .mapToInt(read -> PerKeyGroups.order(read.meta()))
                        .filter(order -> order != Integer.MAX_VALUE)
                        .max()
                        .orElse(-1);
    }

    /** Makes the provider secret of a key that is added, and gives it its value. */
    private void make(Secret secret, String key, int order, Secret stored, Group group) {
        String id = names.of(name, key);
        Meta first = group.members().values().iterator().next();
        Map<String, String> annotations =
                PerKeyGroups.annotations(secret, key, order, stored.created().orElse(null), PerKeyGroups.origin(first));
        long last = 0;
        Optional<Meta> made = client.create(operation, id, groups.labels(secret), annotations);
        if (made.isEmpty()) {
            Meta there = client.meta(operation, id).orElseThrow(() -> PerKeyGroups.overtaken(name));
            if (group.strays().contains(there)) {
                made = client.delete(operation, there) == Deleted.OVERTAKEN
                        ? Optional.empty()
                        : client.create(operation, id, groups.labels(secret), annotations);
            } else {
                Current current = versions.last(operation, id); // none if this was interrupted before
                if (!names.owns(there) || current.isThere()) {
                    throw PerKeyGroups.overtaken(name);
                }
                last = current.last();
                made = Optional.of(there);
            }
        }
        Meta meta = made.orElseThrow(() -> PerKeyGroups.overtaken(name));
        parts.add(new Part(meta, groups.add(operation, name, key, id, secret.value(key), last)));
        done.add(key);
    }

    /** Whether the value is another one now. */
    private boolean change(Secret secret, String key, Read read) {
        boolean changed = !secret.value(key).sameAs(read.value());
        if (changed) {
            requireUnmoved(read);
        }
        Meta meta = read.meta();
        if (!PerKeyGroups.type(meta).equals(secret.schemaType())) {
            meta = client.update(operation, groups.typed(meta, secret)).orElseThrow(() -> PerKeyGroups.overtaken(name));
        }
        long version = read.part().version();
        if (changed) {
            version = groups.add(
                    operation,
                    name,
                    key,
                    meta.id(),
                    secret.value(key),
                    read.current().last());
            done.add(key);
        }
        parts.add(new Part(meta, version));
        return changed;
    }

    /** Google deletes on a condition, but not on one that versions change. */
    private void remove(String key, Read read) {
        String id = read.meta().id();
        if (versions.isOvertaken(operation, id, read.current().last())
                || client.delete(operation, read.meta()) == Deleted.OVERTAKEN) {
            throw new ConflictException(
                    "the key " + key + " of secret " + name
                            + " was written by somebody else at the same time, and stays; all else is done",
                    name.value(),
                    "look at it, and remove it again");
        }
    }

    /** That a key is still as it was seen, if it matters. */
    private void requireUnmoved(Read read) {
        if (expected.isPresent()) {
            Meta seen = read.meta();
            boolean same = client.meta(operation, seen.id())
                            .filter(now -> now.etag().equals(seen.etag())
                                    && now.created().equals(seen.created()))
                            .isPresent()
                    && !versions.isOvertaken(
                            operation, seen.id(), read.current().last());
            if (!same) {
                throw moved();
            }
        }
    }

    private ConflictException moved() {
        return new ConflictException(
                "secret " + name + " was changed by somebody else; "
                        + (done.isEmpty()
                                ? "nothing was written"
                                : "of its keys only " + String.join(", ", done) + " are written"),
                name.value(),
                "read it again and decide anew");
    }
}
