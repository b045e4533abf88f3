package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.GcpVersions.Current;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.gcp.PerKeyGroups.Read;
import dev.coffer.flavor.gcp.PerKeyRevision.Part;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * One update in the layout per-key: it writes the keys one after the other, and those that are gone last.
 *
 * <p>One that breaks off says what it had done.
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
    private final Set<String> done = new LinkedHashSet<>();
    private final Set<String> left = new TreeSet<>();
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
        Set<String> known = expected.map(
                        revision -> PerKeyRevision.versions(revision).keySet())
                .orElse(Set.of());
        Group group = groups.compared(operation, name, () -> groups.find(operation, name, known));
        Map<String, Read> found = groups.readLast(operation, group);
        if (found.isEmpty()) {
            throw new NoSuchSecretException(name);
        }
        String seen = PerKeyRevision.of(found.values().stream().map(Read::part).toList());
        if (!seen.equals(expected.orElse(seen))) {
            throw moved();
        }
        try (Secret stored = PerKeyGroups.secret(name, found)) {
            Secret fit = change.apply(stored);
            if (!found.values().stream().map(Read::meta).allMatch(names::owns)
                    || !group.doubles().stream().allMatch(names::owns)) {
                throw GcpSecretsManager.foreign(name);
            }
            if (stored.sameContentAs(fit)) {
                return new Updated(false, seen);
            }
            write(fit, stored, group, found);
        } catch (RemoteException | ConflictException e) {
            throw halfway(e);
        }
        return new Updated(true, PerKeyRevision.of(parts));
    }

    private void write(Secret fit, Secret stored, Group group, Map<String, Read> found) {
        Set<String> gone = new HashSet<>(found.keySet());
        gone.removeAll(fit.content().keySet());
        left.addAll(gone);
        fit.content().forEach((key, value) -> {
            Read read = found.get(key);
            if (read == null || !value.sameAs(read.value())) {
                left.add(key);
            }
        });
        List<Read> replaced = new ArrayList<>();
        int next = next(found);
        for (String key : fit.content().keySet()) {
            Read read = found.get(key);
            if (read == null) {
                make(fit, key, next++, stored, group);
            } else if (change(fit, key, read)) {
                replaced.add(read);
            }
        }
        found.forEach((key, read) -> {
            if (gone.contains(key)) {
                remove(key, read, group);
            }
        });
        replaced.forEach(read -> read.current() // after all else is done: a right to it may be missing
                .version()
                .ifPresent(version -> versions.retire(
                        "retire the old version of secret " + name + ", which was written",
                        read.meta().id(),
                        version.number())));
    }

    private void done(String key) {
        done.add(key);
        left.remove(key);
    }

    /** The error of an update that broke off. */
    private CofferException halfway(CofferException e) {
        if (done.isEmpty()) {
            return e;
        }
        String message = e.getMessage() + ". Of secret " + name + ", done: " + String.join(", ", done)
                + (left.isEmpty() ? "" : "; not, or not for sure: " + String.join(", ", left));
        return e instanceof ConflictException
                ? new ConflictException(message, name.value(), e.hint().orElse(null))
                : new RemoteException(message, name.value(), "an update with the same values completes it");
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
            long before = unwritten(there, group);
            if (group.strays().contains(there)
                    || !PerKeyGroups.origin(there).equals(PerKeyGroups.origin(first))) { // left by another registration
                made = client.delete(operation, there) == Deleted.OVERTAKEN
                        ? Optional.empty()
                        : client.create(operation, id, groups.labels(secret), annotations);
            } else {
                last = before;
                made = Optional.of(there);
            }
        }
        Meta meta = made.orElseThrow(() -> PerKeyGroups.overtaken(name));
        parts.add(new Part(meta, groups.add(operation, name, key, id, secret.value(key), last)));
        done(key);
    }

    /** The last version of a key that no list shows, or that is none of the secret: it must have no value. */
    private long unwritten(Meta there, Group group) {
        if (group.strays().contains(there)) {
            return 0;
        }
        Current current = versions.last(operation, there.id());
        if (!names.owns(there) || current.isThere()) {
            throw PerKeyGroups.overtaken(name);
        }
        return current.last();
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
            done(key);
        }
        parts.add(new Part(meta, version));
        return changed;
    }

    /** Google deletes on a condition, but not on one that versions change. */
    private void remove(String key, Read read, Group group) {
        group.doubles().stream()
                .filter(meta -> groups.key(meta, name).equals(Optional.of(key)))
                .forEach(meta -> requireDeleted(key, meta));
        Meta meta = read.meta();
        if (versions.isOvertaken(operation, meta.id(), read.current().last())) {
            throw stays(key);
        }
        requireDeleted(key, meta);
        done(key);
    }

    private void requireDeleted(String key, Meta meta) {
        if (client.delete(operation, meta) == Deleted.OVERTAKEN) {
            throw stays(key);
        }
    }

    private ConflictException stays(String key) {
        return new ConflictException(
                "the key " + key + " of secret " + name + " was written by somebody else at the same time, and stays",
                name.value(),
                "look at it, and remove it again");
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
                "secret " + name + " was changed by somebody else" + (done.isEmpty() ? "; nothing was written" : ""),
                name.value(),
                "read it again and decide anew");
    }
}
