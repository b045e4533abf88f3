package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.PerKeyGate.Purpose;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.gcp.PerKeyGroups.Read;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One deletion in the layout per-key. It shuts the gate, or takes over that of a deletion that was cut off; deletes the keys;
 * and opens the gate.
 *
 * <p>A deletion of a certain revision compares before it shuts the gate, and once more behind it. Only then the gate says that
 * the secret is deleted: until then the secret is there for all, and what goes wrong leaves it whole. Google deletes a provider
 * secret only if nobody changed or replaced it, yet takes no notice of versions: right before each, that there is none since
 * is asked. One that comes between that and the deletion goes with it; so does one that comes to a key that is left when the
 * deletion is cut off after its first key, as whoever completes it compares no more.
 */
final class PerKeyDeletion {
    private final GcpClient client;
    private final GcpVersions versions;
    private final GcpNames names;
    private final PerKeyGroups groups;
    private final SecretName name;
    private final String operation;
    private boolean begun;

    PerKeyDeletion(GcpClient client, GcpVersions versions, GcpNames names, PerKeyGroups groups, SecretName name) {
        this.client = client;
        this.versions = versions;
        this.names = names;
        this.groups = groups;
        this.name = name;
        this.operation = "delete secret " + name;
    }

    /** Whatever its revision. */
    void run() {
        run(find());
    }

    /** If the secret is of that revision. What is left of a deletion that was cut off goes all the same. */
    void run(String expected) {
        Group group = find();
        if (group.isBeingDeleted()) {
            run(group);
            return;
        }
        Map<String, Read> found = groups.readLast(operation, group);
        if (found.isEmpty()) {
            throw new NoSuchSecretException(name);
        }
        found.values().forEach(read -> read.value().close());
        if (!PerKeyRevision.of(found.values().stream().map(Read::part).toList()).equals(expected)) {
            throw moved(List.of());
        }
        requireOwned(group);
        Map<String, Long> last = new HashMap<>();
        group.members().forEach((key, meta) -> {
            Read read = found.get(key);
            last.put(meta.id(), (read == null ? versions.last(operation, meta.id()) : read.current()).last());
        });
        PerKeyGate gate = PerKeyGate.shut(client, names, operation, name, Purpose.COMPARING)
                .orElseThrow(() -> moved(List.of()));
        try {
            requireUnmoved(group, last);
            gate = gate.decide(client, operation).orElseThrow(() -> moved(List.of()));
            delete(group, last);
        } catch (CofferException e) {
            if (!begun || e instanceof ConflictException) {
                open(gate, e);
            }
            throw e;
        }
        gate.open(client, operation);
    }

    /** Opens it as far as that can be done: the error is another one. */
    private void open(PerKeyGate gate, CofferException why) {
        try {
            gate.open(client, operation);
        } catch (CofferException e) {
            why.addSuppressed(e);
        }
    }

    private void requireUnmoved(Group seen, Map<String, Long> last) {
        List<Meta> behind = groups.find(operation, name).all();
        if (!etags(behind).equals(etags(seen.all())) || last.keySet().stream().anyMatch(id -> isWritten(id, last))) {
            throw moved(List.of());
        }
    }

    private void delete(Group seen, Map<String, Long> last) {
        Set<String> deleted = new TreeSet<>();
        for (Map.Entry<String, Meta> one : seen.members().entrySet()) {
            if (isWritten(one.getValue().id(), last)) {
                throw moved(deleted);
            }
            delete(one.getValue(), deleted);
            deleted.add(one.getKey());
        }
        seen.doubles().forEach(meta -> delete(meta, deleted));
        seen.strays().forEach(meta -> delete(meta, deleted));
    }

    private void delete(Meta meta, Set<String> deleted) {
        begun = true;
        if (client.delete(operation, meta) == Deleted.OVERTAKEN) {
            throw moved(deleted);
        }
    }

    private boolean isWritten(String id, Map<String, Long> last) {
        return versions.isOvertaken(operation, id, last.getOrDefault(id, 0L));
    }

    private static Map<String, String> etags(List<Meta> metas) {
        Map<String, String> etags = new HashMap<>();
        metas.forEach(meta -> etags.put(meta.id(), meta.created() + meta.etag()));
        return etags;
    }

    private ConflictException moved(Collection<String> deleted) {
        return new ConflictException(
                "secret " + name + " was changed by somebody else; "
                        + (deleted.isEmpty()
                                ? "nothing was deleted"
                                : "of its keys only " + String.join(", ", deleted) + " are deleted"),
                name.value(),
                "read it again and decide anew");
    }

    /** Somebody may be at it: then it gets a moment. */
    private Group find() {
        Group group = groups.compared(operation, name, () -> groups.find(operation, name));
        for (int attempt = 1; group.isBeingDeleted() && attempt <= Pauses.ATTEMPTS; attempt++) {
            client.pauses().before(attempt, Duration.ZERO);
            group = groups.find(operation, name);
        }
        return group;
    }

    private void run(Group group) {
        boolean interrupted = group.isBeingDeleted();
        if (!interrupted && (group.gate().isPresent() || group.members().isEmpty())) {
            throw new NoSuchSecretException(name);
        }
        requireOwned(group);
        PerKeyGate gate = interrupted
                ? PerKeyGate.of(group.gate().orElseThrow())
                        .takeOver(client, operation)
                        .orElseThrow(() -> PerKeyGroups.overtaken(name))
                : PerKeyGate.shut(client, names, operation, name, Purpose.DELETING)
                        .orElseThrow(() -> new NoSuchSecretException(name));
        List<Meta> behind = groups.find(operation, name).all();
        for (Meta meta : behind) {
            if (names.owns(meta) && client.delete(operation, meta) == Deleted.OVERTAKEN) {
                throw PerKeyGroups.overtaken(name); // somebody took the gate over
            }
        }
        client.delete(operation, gate.meta());
        if (behind.isEmpty() && !interrupted) {
            throw new NoSuchSecretException(name); // by somebody else, before the gate was shut
        }
    }

    /** The same, and what interrupted registrations left of a secret that is not there. */
    void runOrClear() {
        try {
            run();
        } catch (NoSuchSecretException e) {
            Group group = groups.find(operation, name);
            requireOwned(group);
            List<Meta> all = group.all();
            group.gate().ifPresent(all::add); // the last one: it hides the others
            for (Meta meta : all) {
                if (names.owns(meta) && client.delete(operation, meta) == Deleted.OVERTAKEN) {
                    throw PerKeyGroups.overtaken(name);
                }
            }
        }
    }

    private void requireOwned(Group group) {
        if (!group.claimed().stream().allMatch(names::owns)) {
            throw GcpSecretsManager.foreign(name);
        }
    }
}
