package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** What both versions of the key-value engine have in common. */
abstract sealed class KvSecretsManager implements SecretsManager, Owned, ProviderLimits
        permits Kv1SecretsManager, Kv2SecretsManager {
    private static final Set<String> ALL = Set.of("root", "sudo");
    private static final int MAX_LISTED = 1_000_000;

    final SecretSchemas schemas;
    final VaultClient client;
    final VaultPaths paths;
    final Clock clock;
    private final ComponentDefinition definition;

    KvSecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, VaultClient client, VaultPaths paths, Clock clock) {
        this.definition = definition;
        this.schemas = schemas;
        this.client = client;
        this.paths = paths;
        this.clock = clock;
    }

    /** The engine's path of an entry. */
    abstract String dataPath(String path);

    /** The engine's path by which a folder is listed. */
    abstract String listPath(String folder);

    /** Whether the entry that a listing names is one, and not only the rest of a deleted one. */
    abstract boolean isLive(SecretName name);

    /** Whether the mount point may be a folder of an engine. */
    abstract boolean worksInside();

    /**
     * Refuses a name that the engine cannot hold.
     *
     * @throws InvalidException if it cannot
     */
    abstract void requireStorable(SecretName name);

    /** Which rights each path needs, so that all operations work. */
    abstract List<Need> needs();

    /** A path and what the token has to be allowed there. */
    record Need(String path, Set<String> rights) {}

    @Override
    public final Optional<String> place() {
        return Optional.of(String.join(
                "\n",
                client.settings().endpoint().url().toString(),
                client.settings().namespace().orElse(""),
                client.settings().mount()));
    }

    @Override
    public final ComponentDefinition definition() {
        return definition;
    }

    @Override
    public final List<SecretName> getAllSecretKeys() {
        client.requireOpen();
        return listed().stream().filter(this::isLive).toList();
    }

    /** The type is in the value, and reading that says whether the entry is live: nothing else is asked of it. */
    @Override
    public final List<SecretSummary> listSecrets() {
        client.requireOpen();
        List<SecretSummary> found = new ArrayList<>();
        for (SecretName name : listed()) {
            try (Secret secret = getSecret(name)) {
                found.add(SecretSummary.of(secret));
            } catch (NoSuchSecretException e) {
                // Deleted.
            }
        }
        return found;
    }

    /** All names below the scope's folder, sorted, whether live or not. */
    final List<SecretName> listed() {
        TreeSet<SecretName> names = new TreeSet<>();
        Set<String> known = new HashSet<>(Set.of(paths.prefix()));
        Deque<String> folders = new ArrayDeque<>(known);
        long listed = 0;
        while (!folders.isEmpty()) {
            String folder = folders.pop();
            VaultAnswer answer = client.get("list the secrets", listPath(folder) + "?list=true");
            if (answer.isMissing()) {
                if (folder.equals(paths.prefix())) {
                    requireVersion();
                }
                continue;
            }
            if (!answer.ok()) {
                throw client.refused("list the secrets", answer);
            }
            JsonNode keys = answer.body().path("data").path("keys");
            if (!keys.isArray()) {
                throw client.failed(
                        "list the secrets", "the answer is no list", "check the attributes url and kv-version");
            }
            listed += keys.size();
            if (listed > MAX_LISTED) {
                throw client.failed(
                        "list the secrets",
                        "there are more than " + MAX_LISTED + " entries and folders",
                        "check the attribute url, or choose a narrower scope");
            }
            for (JsonNode key : keys) {
                String path = folder + key.asText();
                if (!path.endsWith("/")) {
                    paths.nameAt(path).ifPresent(names::add);
                } else if (paths.mayHold(path) && known.add(path)) {
                    folders.push(path);
                }
            }
        }
        return new ArrayList<>(names);
    }

    @Override
    public final void deleteAllSecrets() {
        client.requireOpen();
        for (SecretName name : listed()) {
            deleteIfOwned(name);
        }
    }

    /** What became somebody else's meanwhile stays, and is no reason to leave the others. */
    private void deleteIfOwned(SecretName name) {
        try {
            if (isOwned(name)) {
                deleteSecret(name);
            }
        } catch (NoSuchSecretException e) {
            // Gone already, by us or by somebody else.
        } catch (ConflictException e) {
            if (isLive(name) && isOwned(name)) {
                throw e;
            }
        }
    }

    /** The error of a change to what is somebody else's. */
    static ConflictException foreign(SecretName name) {
        return new ConflictException(
                "secret " + name + " was not made by coffer, and stays as it is",
                name.value(),
                "change it with the tool that made it, or adopt it");
    }

    static ConflictException overtaken(SecretName name, String seen) {
        return new ConflictException(
                "secret " + name + " is not at version " + seen + " any more; nothing was written",
                name.value(),
                "read it again");
    }

    /** Putting the mark on must not cost the entry a key. */
    static void requireAdoptable(SecretName name, VaultEntry entry) {
        if (entry.hasNotes()) {
            throw new ConflictException(
                    "secret " + name + " has a key coffer_metadata, where coffer's mark would be",
                    name.value(),
                    "rename that key with the tool that made it");
        }
    }

    /** What is seen of a write whose answer was lost. If it cannot be looked for, its outcome stays unknown. */
    static <T> T seen(RemoteException trouble, Supplier<T> look) {
        try {
            return look.get();
        } catch (CofferException | IllegalStateException e) { // or closed meanwhile
            trouble.addSuppressed(e);
            throw trouble;
        }
    }

    static WriteReceipt unchanged(Secret secret) {
        return new WriteReceipt(secret.name(), secret.version().orElse(null), false);
    }

    // Limits

    /** How much an entry may hold is told by the server's storage alone. */
    @Override
    public final Optional<InvalidException> refusal(Secret secret) {
        try {
            requireStorable(secret.name());
            return Optional.empty();
        } catch (InvalidException e) {
            return Optional.of(e);
        }
    }

    /** Vault limits nothing by itself; what an operator sets, its answers tell. */
    @Override
    public final double writesPerSecond() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public final Optional<CofferException> check() {
        client.requireOpen();
        try {
            requireMount();
            requireRights();
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }

    /** Tokens that are not valid, or without rights below a mount point, are not told whether it is there. */
    private void requireMount() {
        VaultAnswer answer = client.get("check", mountPath());
        if (answer.status() == 403) {
            VaultAnswer token = client.get("check", "auth/token/lookup-self");
            if (token.status() == 403) {
                throw client.failed("check", "the token is not valid: " + token.describe(), "log in anew");
            }
        }
        if (answer.isNoNamespace() || answer.isNotDone()) {
            throw client.refused("check", answer);
        }
        if (answer.status() == 404 || answer.status() == 400 || answer.status() == 403) {
            throw client.failed(
                    "check",
                    "there is no engine at the mount point, or the token has no right to anything in it",
                    "name the engine's place in the attribute mount-point");
        }
        if (!answer.ok()) {
            throw client.refused("check", answer);
        }
        JsonNode data = answer.body().path("data");
        requireVersion("check", data);
        String place = data.path("path").asText("");
        if (!worksInside()
                && !place.isEmpty()
                && !place.equals(client.settings().mount() + "/")) {
            throw client.failed(
                    "check",
                    "the mount point is a folder inside of an engine",
                    "name the engine's own place in the attribute mount-point");
        }
    }

    private String mountPath() {
        return "sys/internal/ui/mounts/" + Exchange.encode(client.settings().mount());
    }

    private void requireVersion(String operation, JsonNode data) {
        String version = data.path("options").path("version").asText("1");
        if (!data.path("type").asText().matches("kv|generic")
                || !version.equals(String.valueOf(client.settings().kvVersion()))) {
            throw client.failed(
                    operation,
                    "the engine at the mount point is not the key-value engine in version "
                            + client.settings().kvVersion(),
                    "set the attributes mount-point and kv-version");
        }
    }

    /** An engine of the other version says the same of paths that it does not know as of a scope without secrets. */
    private void requireVersion() {
        VaultAnswer answer = client.get("list the secrets", mountPath());
        if (answer.ok()) {
            requireVersion("list the secrets", answer.body().path("data"));
        }
    }

    private void requireRights() {
        List<Need> needs = needs();
        ObjectNode body = VaultClient.object();
        needs.forEach(need -> body.withArray("/paths").add(need.path()));
        VaultAnswer answer = client.ask("check", "sys/capabilities-self", body);
        if (answer.status() == 403) {
            return; // a token without the policy default, which is not told its own rights
        }
        if (!answer.ok()) {
            throw client.refused("check", answer);
        }
        for (Need need : needs) {
            Set<String> given = new TreeSet<>();
            JsonNode found = answer.body().path(need.path());
            (found.isArray() ? found : answer.body().path("data").path(need.path()))
                    .forEach(right -> given.add(right.asText()));
            Set<String> missing = new TreeSet<>(need.rights());
            missing.removeAll(given);
            if (!missing.isEmpty() && given.stream().noneMatch(ALL::contains)) {
                throw new RemoteException(
                        "Vault does not allow " + name() + " to " + String.join(" and ", missing) + " at "
                                + need.path(),
                        name(),
                        "add the capabilities to a policy of the token");
            }
        }
    }

    @Override
    public final void close() {
        client.close();
    }
}
