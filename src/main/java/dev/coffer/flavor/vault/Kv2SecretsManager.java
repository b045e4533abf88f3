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
 */
final class Kv2SecretsManager extends KvSecretsManager implements ConditionalWrites, Recoverable {
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
     * @param written when
     */
    private record Found(
            long version,
            Optional<VaultEntry> entry,
            @Nullable Instant written) {
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
                time(metadata.path("created_time").asText("")));
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
    private Optional<Long> write(SecretName name, ObjectNode data, long expected) {
        String operation = "write secret " + name;
        ObjectNode body = VaultClient.object();
        body.putObject("options").put("cas", expected);
        body.set("data", data);
        for (int attempt = 1; ; attempt++) {
            VaultClient.Written written = client.write(operation, "POST", dataPath(paths.of(name)), body);
            VaultAnswer answer = written.answer();
            boolean unknown = written.outcome() == VaultClient.Outcome.UNKNOWN;
            if (!unknown && answer.ok()) {
                return Optional.of(requireVersion(operation, answer, expected + 1));
            }
            if (!unknown && !answer.isCasMismatch()) {
                throw client.refused(operation, answer);
            }
            if (!unknown && attempt == 1) {
                return Optional.empty();
            }
            Fate fate = fate(name, data, expected, written.trouble());
            if (fate != Fate.OPEN) {
                return fate == Fate.DONE ? Optional.of(expected + 1) : Optional.empty();
            }
            if (attempt == Pauses.ATTEMPTS) {
                throw written.trouble();
            }
            client.pause(attempt);
        }
    }

    /** Version 1 of the engine takes the same request for an entry of another name, and compares nothing. */
    private long requireVersion(String operation, VaultAnswer answer, long version) {
        if (answer.body().path("data").path("version").asLong(-1) != version) {
            throw client.failed(
                    operation,
                    "the engine did not count up, so it is not version 2; something may have been written",
                    "set the attribute kv-version");
        }
        return version;
    }

    /** What became of a write whose answer was lost. */
    private enum Fate {
        DONE,
        OVERTAKEN,
        OPEN
    }

    private Fate fate(SecretName name, ObjectNode data, long expected, RemoteException trouble) {
        Found made = seen(trouble, () -> find(name, "?version=" + (expected + 1)));
        Found now = seen(trouble, () -> find(name));
        if (made.entry().isPresent()) {
            return made.entry().get().isOf(data) ? Fate.DONE : Fate.OVERTAKEN;
        }
        if (made.version() > expected || now.version() > expected) {
            throw trouble; // that version is gone already, and nobody can tell whose it was
        }
        return Fate.OPEN;
    }

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        ObjectNode data = VaultEntry.of(fit, clock.instant());
        long expected = 0;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Long> version = write(secret.name(), data, expected);
            if (version.isPresent()) {
                return new WriteReceipt(secret.name(), version.get(), true);
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
            Optional<WriteReceipt> receipt = update(fit, find(secret.name()));
            if (receipt.isPresent()) {
                return receipt.get();
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
        return update(fit, found).orElseThrow(() -> overtakenOrDeleted(secret.name(), expectedVersion));
    }

    private Optional<WriteReceipt> update(Secret fit, Found found) {
        SecretName name = fit.name();
        VaultEntry entry = found.live().orElseThrow(() -> new NoSuchSecretException(name));
        if (!entry.isOwned()) {
            throw foreign(name);
        }
        try (Secret current = entry.toSecret(name, found.version(), found.written())) {
            if (current.sameContentAs(fit) && current.schemaType().equals(fit.schemaType())) {
                return Optional.of(unchanged(current));
            }
        }
        return write(name, VaultEntry.of(fit, entry.created().orElse(null)), found.version())
                .map(version -> new WriteReceipt(name, version, true));
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
            throw overtakenOrDeleted(name, expectedVersion);
        }
    }

    /** Somebody else was quicker: with a change, or with a deletion. */
    private CofferException overtakenOrDeleted(SecretName name, long expectedVersion) {
        return find(name).live().isPresent()
                ? overtaken(name, String.valueOf(expectedVersion))
                : new NoSuchSecretException(name);
    }

    private boolean delete(SecretName name, Found found) {
        if (found.entry().filter(VaultEntry::isTombstone).isPresent()) {
            hide(name, found.version()); // what a deletion that was interrupted left to do
        }
        VaultEntry entry = found.live().orElseThrow(() -> new NoSuchSecretException(name));
        if (!entry.isOwned()) {
            throw foreign(name);
        }
        Optional<Long> tombstone = write(name, VaultEntry.tombstone(), found.version());
        tombstone.ifPresent(version -> hide(name, version));
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
            return write(name, data, version).map(written -> new WriteReceipt(name, written, true));
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
