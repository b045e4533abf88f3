package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Version 2 of the engine. Every write, deletions included, compares and sets: a deletion first writes a version that says
 * so, and then hides that one, so that it can neither hit a newer version nor be taken for a secret without keys. The
 * versions of the engine are those of the secret.
 *
 * <pre>
 * requests: register 1, get 1, update 2, delete 3, list of N names 1 for each folder and N
 * </pre>
 *
 * <p>A revision is the version and when it was written: the numbers begin again once an entry is removed with all its
 * versions.
 */
final class Kv2SecretsManager extends KvSecretsManager implements ConditionalWrites, Recoverable, Revisions {
    private static final int ATTEMPTS = 32; // of a write that others overtake; each time one of them has succeeded

    Kv2SecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, VaultClient client, VaultPaths paths, Clock clock) {
        super(definition, schemas, client, paths, clock);
    }

    /**
     * What is at a path.
     *
     * @param version the current version; 0 if there never was one
     * @param entry its data; empty if it is deleted
     * @param time when, as the server tells it; empty if it does not
     */
    private record Found(long version, Optional<VaultEntry> entry, String time) {
        @Nullable
        Instant written() {
            return Kv2SecretsManager.time(time);
        }

        String revision() {
            return Kv2SecretsManager.revision(version, time);
        }

        Optional<VaultEntry> live() {
            return entry.filter(found -> !found.isTombstone());
        }
    }

    @Override
    String dataPath(String path) {
        return "%s/data/%s".formatted(mount(), Exchange.encode(path));
    }

    private String metadataPath(String path) {
        return "%s/metadata/%s".formatted(mount(), Exchange.encode(path));
    }

    @Override
    String listPath(String folder) {
        return metadataPath(folder);
    }

    private String mount() {
        return Exchange.encode(client.settings().mount());
    }

    @Override
    boolean worksInside() {
        return false; // what it adds to the path comes after the engine's own place
    }

    @Override
    void requireStorable(SecretName name) {
        paths.of(name);
    }

    @Override
    List<Need> needs() {
        String mount = client.settings().mount();
        String below = paths.prefix() + "x";
        return List.of(
                new Need(mount + "/data/" + below, Set.of("create", "read", "update")),
                new Need(mount + "/metadata/" + below, Set.of("read", "list", "delete")),
                new Need(mount + "/delete/" + below, Set.of("update")),
                new Need(mount + "/undelete/" + below, Set.of("update")));
    }

    // Reading

    private Found find(SecretName name) {
        return find(name, "");
    }

    private Found find(SecretName name, String query) {
        String operation = "read secret " + name;
        VaultAnswer answer = client.get(operation, dataPath(paths.of(name)) + query);
        if (!answer.ok() && !answer.isMissing()) {
            throw client.refused(operation, answer);
        }
        JsonNode data = answer.body().path("data");
        JsonNode metadata = data.path("metadata");
        if (answer.ok()
                && !(metadata.path("version").isIntegralNumber()
                        && data.path("data").isObject())) {
            throw client.failed(
                    operation,
                    "the answer is not that of version 2 of the key-value engine",
                    "set the attribute kv-version");
        }
        return new Found(
                metadata.path("version").asLong(0),
                Optional.of(data.path("data")).filter(JsonNode::isObject).map(VaultEntry::new),
                metadata.path("created_time").asText(""));
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        Found found = find(name);
        return secret(name, found).orElseThrow(() -> new NoSuchSecretException(name));
    }

    @Override
    public Revised getRevised(SecretName name) {
        client.requireOpen();
        Found found = find(name);
        return new Revised(secret(name, found).orElseThrow(() -> new NoSuchSecretException(name)), found.revision());
    }

    /** Without a value: the metadata of each tell it. Whose they are stands with the values. */
    @Override
    public List<RevisionEntry> listRevisions() {
        client.requireOpen();
        return listed().stream()
                .flatMap(name -> entry(name, "list the secrets").stream())
                .toList();
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        client.requireOpen();
        return entry(name, "read secret " + name);
    }

    private Optional<RevisionEntry> entry(SecretName name, String operation) {
        return metadata(name, operation)
                .filter(metadata ->
                        isLive(name, metadata, metadata.path("current_version").asLong(0)))
                .map(metadata -> new RevisionEntry(name, Optional.of(revision(metadata)), Optional.empty()));
    }

    private static String revision(JsonNode metadata) {
        String version = metadata.path("current_version").asText();
        return revision(
                Long.parseLong(version),
                metadata.path("versions").path(version).path("created_time").asText(""));
    }

    private static String revision(long version, String time) {
        return version + "@" + time;
    }

    private static Optional<Secret> secret(SecretName name, Found found) {
        return found.live().map(entry -> entry.toSecret(name, found.version(), found.written()));
    }

    @Override
    boolean isLive(SecretName name) {
        JsonNode metadata = metadata(name, "list the secrets").orElse(null);
        return metadata != null
                && isLive(name, metadata, metadata.path("current_version").asLong(0));
    }

    /**
     * Where versions are deleted by themselves after a time, each says from its beginning when that will be: whether it is
     * now, the server knows.
     */
    private boolean isLive(SecretName name, JsonNode metadata, long version) {
        JsonNode of = metadata.path("versions").path(String.valueOf(version));
        if (!of.isObject() || of.path("destroyed").asBoolean(false)) {
            return false;
        }
        return of.path("deletion_time").asText("").isEmpty()
                || find(name, "?version=" + version).entry().isPresent();
    }

    private Optional<JsonNode> metadata(SecretName name, String operation) {
        VaultAnswer answer = client.get(operation, metadataPath(paths.of(name)));
        if (answer.isMissing()) {
            return Optional.empty();
        }
        if (!answer.ok()) {
            throw client.refused(operation, answer);
        }
        JsonNode metadata = answer.body().path("data");
        JsonNode version = metadata.path("current_version");
        if (!version.isIntegralNumber()
                || (version.asLong() > 0 && !metadata.path("versions").has(version.asText()))) {
            throw client.failed(
                    operation,
                    "the answer does not say which versions of secret " + name + " there are",
                    "check the attribute url");
        }
        return Optional.of(metadata);
    }

    // Writing

    /**
     * Writes, and looks for what became of it if no answer comes: done, it made the version after the one that it expected,
     * with its own mark, whoever wrote after it. It is sent again only after it is known not to be done.
     *
     * @return the version that was written; empty if somebody else was quicker
     */
    private Optional<Made> write(SecretName name, ObjectNode data, long expected) {
        String operation = "write secret " + name;
        ObjectNode body = VaultClient.object();
        body.putObject("options").put("cas", expected);
        body.set("data", data);
        for (int attempt = 1; ; attempt++) {
            VaultClient.Written written = client.write(operation, "POST", dataPath(paths.of(name)), body);
            VaultAnswer answer = written.answer();
            boolean unknown = written.outcome() == VaultClient.Outcome.UNKNOWN;
            if (!unknown && answer.ok()) {
                return Optional.of(made(operation, answer, expected + 1));
            }
            if (!unknown && !answer.isCasMismatch()) {
                throw client.refused(operation, answer);
            }
            if (!unknown && attempt == 1) {
                return Optional.empty();
            }
            Fate fate = fate(name, data, expected, written.trouble());
            if (!fate.isOpen()) {
                return fate.made();
            }
            if (attempt == Pauses.ATTEMPTS) {
                throw written.trouble();
            }
            client.pause(attempt);
        }
    }

    /** Version 1 of the engine takes the same request for an entry of another name, and compares nothing. */
    private Made made(String operation, VaultAnswer answer, long version) {
        JsonNode data = answer.body().path("data");
        if (data.path("version").asLong(-1) != version) {
            throw client.failed(
                    operation,
                    "the engine did not count up, so it is not version 2; something may have been written",
                    "set the attribute kv-version");
        }
        return new Made(version, revision(version, data.path("created_time").asText("")));
    }

    /** A version that was written. */
    private record Made(long version, String revision) {}

    /**
     * What became of a write whose answer was lost.
     *
     * @param isOpen whether it is not done, and may be
     * @param made what it made; empty if it is open, or somebody else was quicker
     */
    private record Fate(boolean isOpen, Optional<Made> made) {}

    private Fate fate(SecretName name, ObjectNode data, long expected, RemoteException trouble) {
        Found made = seen(trouble, () -> find(name, "?version=" + (expected + 1)));
        Found now = seen(trouble, () -> find(name));
        if (made.entry().isPresent()) {
            boolean done = made.entry().get().isOf(data);
            return new Fate(false, done ? Optional.of(new Made(expected + 1, made.revision())) : Optional.empty());
        }
        if (made.version() > expected || now.version() > expected) {
            throw trouble; // that version is gone already, and nobody can tell whose it was
        }
        return new Fate(true, Optional.empty());
    }

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        return new WriteReceipt(secret.name(), register(secret).version(), true);
    }

    @Override
    public String registerRevised(Secret secret) {
        return register(secret).revision();
    }

    private Made register(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        ObjectNode data = VaultEntry.of(fit, clock.instant());
        long expected = 0;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Made> made = write(secret.name(), data, expected);
            if (made.isPresent()) {
                return made.get();
            }
            Found found = find(secret.name());
            if (found.live().isPresent()) {
                throw new SecretExistsException(secret.name());
            }
            expected = found.version();
        }
        throw overtaken(secret.name(), String.valueOf(expected));
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Written> written = update(fit, find(secret.name()));
            if (written.isPresent()) {
                return written.get().receipt();
            }
        }
        throw overtaken(secret.name(), "that was read");
    }

    @Override
    public WriteReceipt updateSecret(Secret secret, long expectedVersion) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        Found found = find(secret.name());
        if (found.live().isPresent() && found.version() != expectedVersion) {
            throw overtaken(secret.name(), String.valueOf(expectedVersion));
        }
        return update(fit, found)
                .orElseThrow(() -> overtakenOrDeleted(secret.name(), String.valueOf(expectedVersion)))
                .receipt();
    }

    @Override
    public String updateRevised(Secret secret, String expected) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        Found found = requireRevision(secret.name(), expected);
        return update(fit, found)
                .orElseThrow(() -> overtakenOrDeleted(secret.name(), expected))
                .revision();
    }

    private Found requireRevision(SecretName name, String expected) {
        Found found = find(name);
        if (found.live().isPresent() && !found.revision().equals(expected)) {
            throw overtaken(name, expected);
        }
        return found;
    }

    /** What an update left. */
    private record Written(WriteReceipt receipt, String revision) {}

    private Optional<Written> update(Secret fit, Found found) {
        SecretName name = fit.name();
        VaultEntry entry = found.live().orElseThrow(() -> new NoSuchSecretException(name));
        if (!entry.isOwned()) {
            throw foreign(name);
        }
        try (Secret current = entry.toSecret(name, found.version(), found.written())) {
            if (current.sameContentAs(fit) && current.schemaType().equals(fit.schemaType())) {
                return Optional.of(new Written(unchanged(current), found.revision()));
            }
        }
        return write(name, VaultEntry.of(fit, entry.created().orElse(null)), found.version())
                .map(made -> new Written(new WriteReceipt(name, made.version(), true), made.revision()));
    }

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            if (delete(name, find(name))) {
                return;
            }
        }
        throw overtaken(name, "that was read");
    }

    @Override
    public void deleteSecret(SecretName name, long expectedVersion) {
        client.requireOpen();
        Found found = find(name);
        if (found.live().isPresent() && found.version() != expectedVersion) {
            throw overtaken(name, String.valueOf(expectedVersion));
        }
        if (!delete(name, found)) {
            throw overtakenOrDeleted(name, String.valueOf(expectedVersion));
        }
    }

    @Override
    public void deleteRevised(SecretName name, String expected) {
        client.requireOpen();
        if (!delete(name, requireRevision(name, expected))) {
            throw overtakenOrDeleted(name, expected);
        }
    }

    /** Somebody else was quicker: with a change, or with a deletion. */
    private CofferException overtakenOrDeleted(SecretName name, String expected) {
        return find(name).live().isPresent() ? overtaken(name, expected) : new NoSuchSecretException(name);
    }

    private boolean delete(SecretName name, Found found) {
        if (found.entry().filter(VaultEntry::isTombstone).isPresent()) {
            hide(name, found.version()); // what a deletion that was interrupted left to do
        }
        VaultEntry entry = found.live().orElseThrow(() -> new NoSuchSecretException(name));
        if (!entry.isOwned()) {
            throw foreign(name);
        }
        Optional<Made> tombstone = write(name, VaultEntry.tombstone(), found.version());
        tombstone.ifPresent(made -> hide(name, made.version()));
        return tombstone.isPresent();
    }

    /** Deletes one version in the sense of the engine. */
    private void hide(SecretName name, long version) {
        changeVersion(name, "delete", version, "delete secret " + name);
    }

    private void changeVersion(SecretName name, String verb, long version, String operation) {
        ObjectNode body = VaultClient.object();
        body.putArray("versions").add(version);
        VaultAnswer answer = client.sendAgain(
                operation, "POST", "%s/%s/%s".formatted(mount(), verb, Exchange.encode(paths.of(name))), body);
        if (!answer.ok()) {
            throw client.refused(operation, answer);
        }
    }

    // Bringing back, and purging

    @Override
    public WriteReceipt recoverSecret(SecretName name) {
        client.requireOpen();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Found deleted = find(name);
            if (deleted.live().isPresent()) {
                throw new SecretExistsException(name);
            }
            if (deleted.version() == 0) {
                throw new NoSuchSecretException(name);
            }
            Optional<WriteReceipt> receipt = recover(name, deleted.version());
            if (receipt.isPresent()) {
                return receipt.get();
            }
        }
        throw overtaken(name, "that was read");
    }

    /** What the last version is can be seen once it is not hidden any more. Empty if somebody else was quicker. */
    private Optional<WriteReceipt> recover(SecretName name, long version) {
        changeVersion(name, "undelete", version, "recover secret " + name);
        Found found = find(name);
        if (found.version() != version) {
            hide(name, version); // as it was
            return Optional.empty();
        }
        VaultEntry last = found.entry().orElseThrow(() -> new NoSuchSecretException(name));
        if (!last.isOwned()) {
            hide(name, version);
            throw foreign(name);
        }
        if (!last.isTombstone()) { // another tool deleted it, which leaves no tombstone
            return Optional.of(new WriteReceipt(name, version, true));
        }
        Optional<VaultEntry> before =
                find(name, "?version=" + (version - 1)).live().filter(VaultEntry::isOwned);
        if (before.isEmpty()) { // pruned, or destroyed
            hide(name, version);
            throw new NoSuchSecretException(name);
        }
        try (Secret secret = before.get().toSecret(name, version - 1, null)) {
            ObjectNode data = VaultEntry.of(secret, before.get().created().orElse(null));
            return write(name, data, version).map(made -> new WriteReceipt(name, made.version(), true));
        }
    }

    /**
     * Removes all versions. The engine compares nothing here: it is looked once more right before, and what somebody writes
     * between that and the removal is removed with the rest.
     */
    @Override
    public void purgeSecret(SecretName name) {
        client.requireOpen();
        String operation = "purge secret " + name;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            JsonNode metadata = purgeable(name, operation);
            if (!isAnyVersionOwned(name, metadata)) {
                throw foreign(name);
            }
            if (metadata.path("current_version")
                    .equals(purgeable(name, operation).path("current_version"))) {
                remove(name, operation);
                return;
            }
        }
        throw overtaken(name, "that was read");
    }

    private JsonNode purgeable(SecretName name, String operation) {
        return metadata(name, operation)
                .filter(found -> found.path("current_version").asLong(0) > 0)
                .orElseThrow(() -> new NoSuchSecretException(name));
    }

    private void remove(SecretName name, String operation) {
        VaultClient.Written written = client.write(operation, "DELETE", metadataPath(paths.of(name)), null);
        if (written.outcome() == VaultClient.Outcome.UNKNOWN) {
            if (seen(written.trouble(), () -> metadata(name, operation)).isPresent()) {
                throw written.trouble();
            }
        } else if (!written.answer().ok() && !written.answer().isMissing()) {
            throw client.refused(operation, written.answer());
        }
    }

    private boolean isAnyVersionOwned(SecretName name, JsonNode metadata) {
        Found now = find(name);
        if (now.entry().isPresent()) {
            return now.entry().get().isOwned();
        }
        for (long version = now.version() - 1; version > 0; version--) {
            if (isLive(name, metadata, version)) {
                return find(name, "?version=" + version)
                        .entry()
                        .filter(VaultEntry::isOwned)
                        .isPresent();
            }
        }
        return isLastOwned(name, now.version());
    }

    /** Nothing that is deleted can be read, so it is brought back for a moment. */
    private boolean isLastOwned(SecretName name, long version) {
        changeVersion(name, "undelete", version, "purge secret " + name);
        try {
            return find(name, "?version=" + version)
                    .entry()
                    .filter(VaultEntry::isOwned)
                    .isPresent();
        } finally {
            hide(name, version);
        }
    }

    // Ownership

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        return find(name)
                .live()
                .orElseThrow(() -> new NoSuchSecretException(name))
                .isOwned();
    }

    /** Writes the same content once more, with the mark. */
    @Override
    public void adopt(SecretName name) {
        client.requireOpen();
        Found found = find(name);
        VaultEntry entry = found.live().orElseThrow(() -> new NoSuchSecretException(name));
        if (!entry.isOwned()) {
            requireAdoptable(name, entry);
            if (write(name, entry.adopted(), found.version()).isEmpty()) {
                throw new ConflictException(
                        "secret " + name + " was changed meanwhile; it was not adopted", name.value(), "try again");
            }
        }
    }
}
