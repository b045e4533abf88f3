package dev.coffer.flavor;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The secrets behind one or more {@link MemorySecretsManager}s, live and deleted. Guarded by its own monitor, which the
 * managers hold during every call. Each method checks everything first and changes something last, so that none is ever
 * half done.
 *
 * <pre>
 * live     db  → versions 1 2 3
 * deleted  api → [ versions 1 2 3†, versions 1 2† ]     the most recently deleted first; it is the one meant by name
 * </pre>
 */
final class MemoryStore {
    private final Clock clock;
    private final NavigableMap<SecretName, MemorySecret> live = new TreeMap<>();
    private final NavigableMap<SecretName, Deque<MemorySecret>> deleted = new TreeMap<>();
    private int managers;

    MemoryStore(Clock clock) {
        this.clock = clock;
    }

    /** One more manager uses the store. */
    void join() {
        managers++;
    }

    /** One manager less uses the store; the last one leaves nothing behind. */
    void leave() {
        managers--;
        if (managers == 0) {
            live.values().forEach(MemorySecret::wipe);
            deleted.values().forEach(secrets -> secrets.forEach(MemorySecret::wipe));
            live.clear();
            deleted.clear();
        }
    }

    /** The live secrets, sorted by name. */
    Collection<MemorySecret> live() {
        return Collections.unmodifiableCollection(live.values());
    }

    MemorySecret live(SecretName name) {
        MemorySecret secret = live.get(name);
        if (secret == null) {
            throw new NoSuchSecretException(name);
        }
        return secret;
    }

    /** The live secret of that name, else the one most recently deleted. */
    MemorySecret liveOrDeleted(SecretName name) {
        MemorySecret secret = live.get(name);
        if (secret == null) {
            secret = lastDeleted(name);
        }
        if (secret == null) {
            throw new NoSuchSecretException(name);
        }
        return secret;
    }

    /** The names that only deleted secrets have, sorted. */
    List<SecretName> tombstones() {
        return deleted.keySet().stream().filter(name -> !live.containsKey(name)).toList();
    }

    /** The values become the store's own. */
    List<WriteReceipt> register(List<Secret> secrets) {
        Set<SecretName> names = new HashSet<>();
        for (Secret secret : secrets) {
            if (live.containsKey(secret.name()) || !names.add(secret.name())) {
                throw new SecretExistsException(secret.name());
            }
        }
        return secrets.stream().map(secret -> write(secret, "register")).toList();
    }

    /** If something changes, the values become the store's own. */
    WriteReceipt update(Secret secret, @Nullable Long expectedVersion) {
        MemorySecret current = live(secret.name());
        expect(current, expectedVersion);
        if (current.content().sameContentAs(secret)) {
            return new WriteReceipt(secret.name(), current.number(), false);
        }
        return write(secret, "update");
    }

    void delete(Collection<SecretName> names, @Nullable Long expectedVersion) {
        Set<SecretName> distinct = new LinkedHashSet<>(names);
        for (SecretName name : distinct) {
            expect(live(name), expectedVersion);
        }
        for (SecretName name : distinct) {
            MemorySecret secret = live(name);
            secret.bury(clock.instant());
            live.remove(name);
            deleted.computeIfAbsent(name, n -> new ArrayDeque<>()).push(secret);
        }
    }

    void deleteAll() {
        delete(new ArrayList<>(live.keySet()), null);
    }

    WriteReceipt rollback(SecretName name, long toVersion) {
        Secret content =
                liveOrDeleted(name).content(toVersion).orElseThrow(() -> new NoSuchSecretException(name, toVersion));
        MemorySecret current = live.get(name);
        if (current != null && current.content().sameContentAs(content)) {
            return new WriteReceipt(name, current.number(), false);
        }
        return write(MemorySecret.copy(content), "rollback to " + toVersion);
    }

    WriteReceipt recover(SecretName name) {
        if (live.containsKey(name)) {
            throw new SecretExistsException(name);
        }
        return write(MemorySecret.copy(liveOrDeleted(name).lastContent()), "recover");
    }

    void purge(SecretName name) {
        liveOrDeleted(name);
        MemorySecret current = live.remove(name);
        if (current != null) {
            current.wipe();
        }
        Deque<MemorySecret> buried = deleted.remove(name);
        if (buried != null) {
            buried.forEach(MemorySecret::wipe);
        }
    }

    void rename(SecretName from, SecretName to) {
        MemorySecret secret = live(from);
        if (live.containsKey(to)) {
            throw SecretExistsException.ofRename(to);
        }
        live.remove(from);
        secret.rename(to);
        live.put(to, secret);
    }

    /** Adds a version to the secret of that name, live or deleted or new, which is live afterwards. */
    private WriteReceipt write(Secret content, String origin) {
        SecretName name = content.name();
        MemorySecret secret = live.get(name);
        if (secret == null) {
            secret = lastDeleted(name);
            if (secret == null) {
                secret = new MemorySecret(name);
            } else {
                forgetLastDeleted(name);
            }
            live.put(name, secret);
        }
        secret.write(content, origin, clock.instant());
        return new WriteReceipt(name, secret.number(), true);
    }

    private @Nullable MemorySecret lastDeleted(SecretName name) {
        Deque<MemorySecret> secrets = deleted.get(name);
        return secrets == null ? null : secrets.peek();
    }

    private void forgetLastDeleted(SecretName name) {
        deleted.computeIfPresent(name, (n, secrets) -> {
            secrets.pop();
            return secrets.isEmpty() ? null : secrets;
        });
    }

    private static void expect(MemorySecret current, @Nullable Long version) {
        if (version != null && current.number() != version) {
            throw new ConflictException(
                    "secret " + current.name() + " is at version " + current.number() + ", not " + version,
                    current.name().value(),
                    "read it again and repeat the change");
        }
    }
}
