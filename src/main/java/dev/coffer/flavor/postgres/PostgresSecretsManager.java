package dev.coffer.flavor.postgres;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.postgres.PostgresSession.OvertakenException;
import dev.coffer.flavor.postgres.PostgresSession.Written;
import dev.coffer.flavor.postgres.TargetView.Entry;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UntrustedStorage;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeySlots;
import dev.coffer.vault.KeyStatus;
import dev.coffer.vault.RotationReceipt;
import dev.coffer.vault.SlotInfo;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The secrets of one scope in a target. Every write compares and sets on the server, in one transaction.
 *
 * <pre>
 * round trips: register 4, get 1, update 4, delete 4, list of N 1; unlocking once 2, and the login
 * </pre>
 */
final class PostgresSecretsManager
        implements SecretsManager,
                ConditionalWrites,
                Versioned,
                UntrustedStorage,
                Owned,
                Recoverable,
                BulkWrites,
                KeySlots {
    private final ComponentDefinition definition;
    private final SecretSchemas schemas;
    private final PostgresSession session;
    private final TargetAccess access;
    private final UUID scopeId;
    private final Clock clock;
    private final KeySlots keys;

    PostgresSecretsManager(
            ComponentDefinition definition,
            SecretSchemas schemas,
            PostgresSession session,
            TargetAccess access,
            UUID scopeId,
            Clock clock,
            KeySlots keys) {
        this.definition = definition;
        this.schemas = schemas;
        this.session = session;
        this.access = access;
        this.scopeId = scopeId;
        this.clock = clock;
        this.keys = keys;
    }

    private interface Look<T> {
        T at(TargetView view) throws SQLException;
    }

    private interface Step<T> {
        Written<T> in(SecretChange change) throws SQLException;
    }

    // How operations run

    private <T> T look(String operation, Supplier<T> ifThereIsNoTarget, Look<T> look) {
        return access.withFreshKeys(operation, () -> {
            Optional<TargetKeys> keys = access.existing(operation);
            return keys.isEmpty()
                    ? ifThereIsNoTarget.get()
                    : session.read(
                            operation,
                            tables -> look.at(new TargetView(tables, keys.get(), scopeId, access.lastSeen())));
        });
    }

    private <T> T change(String operation, Supplier<T> ifThereIsNoTarget, Step<T> step) {
        return access.withFreshKeys(operation, () -> {
            Optional<TargetKeys> keys = access.existing(operation);
            return keys.isEmpty() ? ifThereIsNoTarget.get() : change(operation, keys.get(), step);
        });
    }

    private <T> T change(String operation, TargetKeys keys, Step<T> step) {
        Done<T> done = session.write(operation, tables -> {
            SecretChange change = new SecretChange(tables, keys, scopeId, access.lastSeen(), clock);
            Written<T> written = step.in(change);
            return new Written<>(new Done<>(written.result(), change), written.probe());
        });
        done.change().remember();
        return done.result();
    }

    private record Done<T>(T result, SecretChange change) {}

    private static <T> Supplier<T> missing(SecretName name) {
        return () -> {
            throw new NoSuchSecretException(name);
        };
    }

    // Reading

    @Override
    public Optional<String> place() {
        return Optional.of(String.join(
                "\n",
                session.settings().host(),
                String.valueOf(session.settings().port()),
                session.settings().database(),
                session.settings().schema()));
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    @Override
    public Secret getSecret(SecretName name) {
        return look("read secret " + name, missing(name), view -> view.secret(view.live(name)));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return look("list the secrets", List::of, view -> names(view, false));
    }

    @Override
    public List<SecretName> tombstones() {
        return look("list the deleted secrets", List::of, view -> names(view, true));
    }

    @Override
    public Optional<Trace> trace(SecretName name) {
        try {
            SecretVersion newest = history(name).get(0);
            return Optional.of(new Trace(newest.version(), newest.deleted()));
        } catch (NoSuchSecretException e) {
            return Optional.empty();
        }
    }

    private static List<SecretName> names(TargetView view, boolean deleted) throws SQLException {
        return view.heads().stream()
                .filter(head -> head.deleted() == deleted)
                .map(view.keys::name)
                .sorted()
                .toList();
    }

    @Override
    public List<SecretSummary> listSecrets() {
        return look(
                "list the secrets",
                List::of,
                view -> view.heads().stream()
                        .filter(head -> !head.deleted())
                        .map(head -> new SecretSummary(
                                view.keys.name(head),
                                head.schemaType(),
                                head.version(),
                                Instant.ofEpochMilli(head.created()),
                                Instant.ofEpochMilli(head.updated())))
                        .sorted((one, other) -> one.name().compareTo(other.name()))
                        .toList());
    }

    @Override
    public List<SecretVersion> history(SecretName name) {
        return look(
                "read the history of secret " + name, missing(name), view -> view.history(view.liveOrDeleted(name)));
    }

    @Override
    public Secret getSecret(SecretName name, long version) {
        return look("read secret " + name, missing(name), view -> {
            Entry entry = view.liveOrDeleted(name);
            return view.keys.secret(entry.head(), view.content(entry, version), name);
        });
    }

    // Writing

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        return registerAll("register secret " + secret.name(), List.of(secret)).get(0);
    }

    @Override
    public List<WriteReceipt> registerSecrets(Collection<Secret> secrets) {
        return secrets.isEmpty() ? none() : registerAll("register " + secrets.size() + " secrets", secrets);
    }

    private List<WriteReceipt> none() {
        session.requireOpen();
        return List.of();
    }

    private List<WriteReceipt> registerAll(String operation, Collection<Secret> secrets) {
        session.requireOpen();
        Set<SecretName> names = new HashSet<>();
        List<Secret> fitted = new ArrayList<>();
        for (Secret secret : secrets) {
            fitted.add(schemas.fit(secret));
            if (!names.add(secret.name())) {
                throw new SecretExistsException(secret.name());
            }
        }
        return access.withFreshKeys(
                operation,
                () -> change(operation, access.existingOrNew(operation), change -> {
                    List<WriteReceipt> receipts = new ArrayList<>();
                    for (Secret secret : fitted) {
                        Optional<Entry> entry = change.find(secret.name());
                        if (entry.isPresent() && !entry.get().head().deleted()) {
                            throw new SecretExistsException(secret.name());
                        }
                        receipts.add(change.put(entry, secret.name(), "register", secret));
                    }
                    return change.done(receipts);
                }));
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        session.requireOpen();
        Secret fitted = schemas.fit(secret);
        return replace(secret.name(), OptionalLong.empty(), current -> fitted);
    }

    @Override
    public WriteReceipt updateSecret(Secret secret, long expectedVersion) {
        session.requireOpen();
        Secret fitted = schemas.fit(secret);
        return replace(secret.name(), OptionalLong.of(expectedVersion), current -> fitted);
    }

    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        return replace(name, OptionalLong.empty(), current -> schemas.fit(patch.applyTo(current)));
    }

    private WriteReceipt replace(SecretName name, OptionalLong expected, UnaryOperator<Secret> next) {
        return change("update secret " + name, missing(name), change -> {
            Entry entry = change.live(name);
            requireVersion(entry, expected);
            try (Secret current = change.secret(entry)) {
                Secret wanted = next.apply(current);
                return wanted.sameContentAs(current)
                        ? unchanged(entry)
                        : change.done(change.put(Optional.of(entry), name, "update", wanted));
            }
        });
    }

    private static Written<WriteReceipt> unchanged(Entry entry) {
        return Written.nothing(new WriteReceipt(entry.name(), entry.head().version(), false));
    }

    private static void requireVersion(Entry entry, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != entry.head().version()) {
            throw new ConflictException(
                    "secret " + entry.name() + " is at version " + entry.head().version() + ", not "
                            + expected.getAsLong(),
                    entry.name().value(),
                    "read it again and decide anew");
        }
    }

    @Override
    public void deleteSecret(SecretName name) {
        delete("delete secret " + name, List.of(name), OptionalLong.empty());
    }

    @Override
    public void deleteSecret(SecretName name, long expectedVersion) {
        delete("delete secret " + name, List.of(name), OptionalLong.of(expectedVersion));
    }

    @Override
    public void deleteSecrets(Collection<SecretName> names) {
        if (names.isEmpty()) {
            session.requireOpen();
        } else {
            delete("delete " + names.size() + " secrets", names, OptionalLong.empty());
        }
    }

    private void delete(String operation, Collection<SecretName> names, OptionalLong expected) {
        change(operation, missing(names.iterator().next()), change -> {
            for (SecretName name : new LinkedHashSet<>(names)) {
                Entry entry = change.live(name);
                requireVersion(entry, expected);
                change.bury(entry.head(), name);
            }
            return change.done(true);
        });
    }

    @Override
    public void deleteAllSecrets() {
        change("delete all secrets", () -> true, change -> {
            for (HeadRow head : change.heads()) {
                if (!head.deleted()) {
                    change.bury(head, change.keys.name(head));
                }
            }
            return change.done(true);
        });
    }

    @Override
    public WriteReceipt rollback(SecretName name, long toVersion) {
        return change("roll back secret " + name, missing(name), change -> {
            Entry entry = change.liveOrDeleted(name);
            VersionRow row = change.content(entry, toVersion);
            try (Secret content = change.keys.secret(entry.head(), row, name)) {
                if (!entry.head().deleted()) {
                    try (Secret current = change.secret(entry)) {
                        if (current.sameContentAs(content)) {
                            return unchanged(entry);
                        }
                    }
                }
                return change.done(change.put(Optional.of(entry), name, "rollback to " + toVersion, content));
            }
        });
    }

    @Override
    public WriteReceipt recoverSecret(SecretName name) {
        return change("recover secret " + name, missing(name), change -> {
            Entry entry = change.liveOrDeleted(name);
            if (!entry.head().deleted()) {
                throw new SecretExistsException(name);
            }
            // A tombstone is written right after what it buries.
            VersionRow row = change.content(entry, entry.head().version() - 1);
            try (Secret content = change.keys.secret(entry.head(), row, name)) {
                return change.done(change.put(Optional.of(entry), name, "recover", content));
            }
        });
    }

    @Override
    public void purgeSecret(SecretName name) {
        change("purge secret " + name, missing(name), change -> {
            HeadRow head = change.liveOrDeleted(name).head();
            if (!change.tables.delete(head)) {
                throw new OvertakenException();
            }
            return new Written<>(true, Optional.of(tables -> !tables.exists(head.secretId())));
        });
    }

    // Ownership: nobody else can write what opens with the target's keys.

    @Override
    public boolean isOwned(SecretName name) {
        return look("read secret " + name, missing(name), view -> {
            view.live(name);
            return true;
        });
    }

    @Override
    public void adopt(SecretName name) {
        isOwned(name);
    }

    // Keys of the target

    @Override
    public KeyStatus status() {
        session.requireOpen();
        return keys.status();
    }

    @Override
    public List<SlotInfo> slots() {
        session.requireOpen();
        return keys.slots();
    }

    @Override
    public SlotInfo addSlot(KeyInput key) {
        session.requireOpen();
        return keys.addSlot(key);
    }

    @Override
    public char[] addRecoveryCode() {
        session.requireOpen();
        return keys.addRecoveryCode();
    }

    @Override
    public void removeSlot(UUID id) {
        session.requireOpen();
        keys.removeSlot(id);
    }

    @Override
    public RotationReceipt rotate(Progress progress) {
        session.requireOpen();
        return keys.rotate(progress);
    }

    @Override
    public RotationReceipt rotateDeks(Progress progress) {
        session.requireOpen();
        return keys.rotateDeks(progress);
    }

    // Life

    /** A role that may only read is told what it lacks; reading works nevertheless. */
    @Override
    public Optional<CofferException> check() {
        session.requireOpen();
        try {
            boolean there = look("check", () -> false, view -> true);
            session.read("check", tables -> {
                requireRights(tables, there);
                return true;
            });
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }

    private void requireRights(TargetTables tables, boolean there) throws SQLException {
        if (tables.isReadOnly()) {
            throw session.errors().translate("check", new SQLException("read-only", "25006"), "");
        }
        if (!there && tables.isOfOthers(session.settings().schema())) {
            throw session.errors().foreignTables();
        }
        Optional<String> missing = there ? tables.missingRight() : Optional.empty();
        if (missing.isPresent()
                || !(there || tables.mayMakeTables(session.settings().schema()))) {
            throw session.errors().denied("check", missing.orElse(""));
        }
    }

    @Override
    public void close() {
        session.close();
        access.forget();
    }

    @Override
    public String toString() {
        return "PostgresSecretsManager(" + name() + ")";
    }
}
