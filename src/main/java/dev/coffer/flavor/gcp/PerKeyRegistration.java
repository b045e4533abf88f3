package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.flavor.gcp.PerKeyGroups.Group;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One registration in the layout per-key. It shuts the gate, or takes over that of a change at which nothing happens any more;
 * clears away what that one left; makes the keys; looks once more whether there are others; and opens the gate. Whoever notices
 * that the name is somebody else's takes the own keys back.
 */
final class PerKeyRegistration {
    private final GcpClient client;
    private final GcpVersions versions;
    private final GcpNames names;
    private final PerKeyGroups groups;
    private final Secret secret;
    private final SecretName name;
    private final String operation;
    private final List<Meta> made = new ArrayList<>();
    private final List<PerKeyRevision.Part> written = new ArrayList<>();

    PerKeyRegistration(GcpClient client, GcpVersions versions, GcpNames names, PerKeyGroups groups, Secret secret) {
        this.client = client;
        this.versions = versions;
        this.names = names;
        this.groups = groups;
        this.secret = secret;
        this.name = secret.name();
        this.operation = "register secret " + name;
    }

    /**
     * Registers it.
     *
     * @return as which revision
     */
    String run(Instant now) {
        PerKeyGate gate = shut();
        try {
            clear(gate);
            int order = 0;
            for (Map.Entry<String, SecretValue> entry : secret.content().entrySet()) {
                make(gate, entry.getKey(), entry.getValue(), order++, now);
            }
            clear(gate);
            if (client.delete(operation, gate.meta()) != Deleted.DONE) {
                throw PerKeyGroups.overtaken(name);
            }
            return PerKeyRevision.of(written);
        } catch (SecretExistsException e) {
            withdraw(gate, true, e);
            throw e;
        } catch (ConflictException e) { // behind a gate that was taken over there may be half of another change
            withdraw(gate, !gate.isTakenOver(), e);
            throw e;
        } catch (CofferException e) {
            if (made.isEmpty() && !gate.isTakenOver()) { // it may hide a secret
                withdraw(gate, true, e);
            }
            throw e;
        }
    }

    // The gate

    /** Waits for another change as long as something happens. */
    private PerKeyGate shut() {
        String seen = "";
        int patience = 0;
        for (int attempt = 1; attempt <= GcpSecretsManager.ATTEMPTS; attempt++) {
            Group group = groups.find(operation, name);
            Optional<Meta> there = group.gate();
            if (!group.isHidden()) {
                requireFree(group);
            }
            if (there.isEmpty()) {
                Optional<PerKeyGate> gate =
                        PerKeyGate.shut(client, names, operation, name, PerKeyGate.Purpose.REGISTERING);
                if (gate.isPresent()) {
                    return gate.get();
                }
                there = client.meta(operation, names.of(name, "")); // the list does not show it yet
                if (there.isPresent() && !groups.isGate(there.get())) {
                    throw GcpSecretsManager.foreign(name);
                }
            }
            String now = there.map(Meta::etag).orElse("") + group.all();
            patience = now.equals(seen) ? patience + 1 : 1;
            seen = now;
            if (patience <= Pauses.ATTEMPTS) {
                client.pauses().before(patience, Duration.ZERO);
            } else if (there.isPresent()) {
                Optional<PerKeyGate> gate = PerKeyGate.of(there.get()).takeOver(client, operation);
                if (gate.isPresent()) {
                    return gate.get();
                }
            }
        }
        throw PerKeyGroups.overtaken(name);
    }

    private void requireFree(Group group) {
        if (groups.isThere(operation, group.members().values())) {
            throw new SecretExistsException(name);
        }
        if (!group.all().stream().allMatch(names::owns)) {
            throw GcpSecretsManager.foreign(name);
        }
    }

    // Behind it

    /** Erases what the changes left whose place this one took. What else is there is a secret, if it has a value. */
    private void clear(PerKeyGate gate) {
        Group group = groups.find(operation, name);
        List<Meta> others =
                group.all().stream().filter(meta -> !gate.made(meta)).toList();
        for (Meta meta : others) {
            if (isLeft(gate, meta) || group.strays().contains(meta)) {
                erase(meta);
            }
        }
        for (Meta meta : others) {
            if (!isLeft(gate, meta) && !group.strays().contains(meta)) {
                dismiss(meta);
            }
        }
    }

    private boolean isLeft(PerKeyGate gate, Meta meta) {
        return names.owns(meta) && gate.replaces(meta);
    }

    private void dismiss(Meta meta) {
        if (versions.current(operation, meta.id()).isThere()) {
            throw new SecretExistsException(name);
        }
        if (!names.owns(meta)) {
            throw GcpSecretsManager.foreign(name);
        }
        erase(meta);
    }

    /** Deletes what is still what was seen: else somebody took the gate over. */
    private void erase(Meta seen) {
        if (client.delete(operation, seen) == Deleted.OVERTAKEN) {
            throw PerKeyGroups.overtaken(name);
        }
    }

    private void make(PerKeyGate gate, String key, SecretValue value, int order, Instant now) {
        String id = names.of(name, key);
        for (int attempt = 1; attempt <= Pauses.ATTEMPTS; attempt++) {
            Optional<Meta> fresh = client.create(
                    operation,
                    id,
                    groups.labels(secret),
                    PerKeyGroups.annotations(secret, key, order, now, gate.origin()));
            if (fresh.isPresent()) {
                made.add(fresh.get());
                written.add(new PerKeyRevision.Part(fresh.get(), groups.add(operation, name, key, id, value, 0)));
                return;
            }
            Optional<Meta> there = client.meta(operation, id); // no list has shown it
            if (there.isEmpty()) {
                client.pauses().before(attempt, Duration.ZERO);
            } else if (isLeft(gate, there.get())) {
                erase(there.get());
            } else {
                dismiss(there.get());
            }
        }
        throw PerKeyGroups.overtaken(name);
    }

    // Back

    /** Takes the own keys back, and opens the gate if it is still one's own. What cannot be done stays behind the gate. */
    private void withdraw(PerKeyGate gate, boolean open, CofferException why) {
        try {
            for (Meta meta : made) {
                if (client.delete(operation, meta) == Deleted.OVERTAKEN) {
                    client.meta(operation, meta.id())
                            .filter(gate::made)
                            .ifPresent(now -> client.delete(operation, now));
                }
            }
            if (open) {
                client.delete(operation, gate.meta());
            }
        } catch (CofferException e) {
            why.addSuppressed(e);
        }
    }
}
