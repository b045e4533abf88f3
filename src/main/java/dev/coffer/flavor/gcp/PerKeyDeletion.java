package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.gcp.PerKeyGroups.Read;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One deletion in the layout per-key. It shuts the gate, or takes over that of a deletion that was cut off; deletes the keys;
 * and opens the gate.
 *
 * <p>A deletion of a certain revision compares before it shuts the gate, and once more behind it before the first key is
 * deleted, and opens the gate again if that is another one by then. Google deletes a provider secret only if nobody changed or
 * replaced it, yet takes no notice of versions: right before each, that there is none since is asked. One that comes between that and the deletion goes with it.
 */
final class PerKeyDeletion {
    private final GcpClient client;
    private final GcpVersions versions;
    private final GcpNames names;
    private final PerKeyGroups groups;
    private final SecretName name;
    private final String operation;

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
        if (isBeingDeleted(group)) {
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
        PerKeyGate gate = PerKeyGate.shut(client, names, operation, name, true).orElseThrow(() -> moved(List.of()));
        try {
            delete(group, last);
        } catch (ConflictException e) {
            client.delete(operation, gate.meta()); // if it is still one's own
            throw e;
        }
        client.delete(operation, gate.meta());
    }

    private void delete(Group seen, Map<String, Long> last) {
        List<Meta> behind = groups.find(operation, name).all();
        if (!etags(behind).equals(etags(seen.all())) || last.keySet().stream().anyMatch(id -> isWritten(id, last))) {
            throw moved(List.of());
        }
        Set<String> deleted = new HashSet<>();
        for (Map.Entry<String, Meta> one : seen.members().entrySet()) {
            Meta meta = one.getValue();
            if (isWritten(meta.id(), last) || client.delete(operation, meta) == Deleted.OVERTAKEN) {
                throw moved(deleted);
            }
            deleted.add(one.getKey());
        }
        seen.strays().forEach(meta -> client.delete(operation, meta));
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
        Group group = groups.find(operation, name);
        for (int attempt = 1; isBeingDeleted(group) && attempt <= Pauses.ATTEMPTS; attempt++) {
            Pauses.before(attempt, Duration.ZERO, client.settings().component());
            group = groups.find(operation, name);
        }
        return group;
    }

    private void run(Group group) {
        boolean interrupted = isBeingDeleted(group);
        if (!interrupted && (group.gate().isPresent() || group.members().isEmpty())) {
            throw new NoSuchSecretException(name);
        }
        requireOwned(group);
        PerKeyGate gate = interrupted
                ? PerKeyGate.of(group.gate().orElseThrow())
                        .takeOver(client, operation)
                        .orElseThrow(() -> PerKeyGroups.overtaken(name))
                : PerKeyGate.shut(client, names, operation, name, true)
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

    private static boolean isBeingDeleted(Group group) {
        Optional<Meta> gate = group.gate();
        return gate.isPresent() && PerKeyGate.of(gate.get()).ofDeletion();
    }

    private void requireOwned(Group group) {
        if (!group.members().values().stream().allMatch(names::owns)) {
            throw GcpSecretsManager.foreign(name);
        }
    }
}
