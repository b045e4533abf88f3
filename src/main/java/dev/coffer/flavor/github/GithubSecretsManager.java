package dev.coffer.flavor.github;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.github.GithubListing.Entry;
import dev.coffer.flavor.github.GithubWriter.Answered;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.secrets.WriteReceipt;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Secrets of GitHub Actions, one for each key. GitHub compares nothing and gives no value back: of two writers at once the
 * last one wins, key by key, and every update is a write. New values are put before keys that are gone are deleted, so a
 * write that breaks off leaves more rather than less, and doing it again completes it.
 *
 * <pre>
 * requests for K keys, P pages of 100 secrets: register and update P + 1 + K, and 1 for each key that is gone;
 *                                              delete P + K, list of names P, get P, or 0 in GitHub Actions
 * </pre>
 *
 * <p>A revision is when each key was put, to the second.
 */
final class GithubSecretsManager implements SecretsManager, Owned, Revisions, ProviderLimits {
    /** GitHub names no number but asks for one write after the other, a second apart. */
    private static final double WRITES_PER_SECOND = 1;

    /** So often a list is read that is behind, for two to three seconds. */
    private static final int LOOKS = 5;

    private final ComponentDefinition definition;
    private final SecretSchemas schemas;
    private final GithubClient client;
    private final GithubNames names;
    private final GithubWriter writer;
    private final Optional<ActionsEnvironment> actions;
    /** What was written here and not seen in a list since: what that says of it is no revision. */
    private final Map<SecretName, GithubWritten> unseen = new ConcurrentHashMap<>();

    GithubSecretsManager(
            ComponentDefinition definition,
            SecretSchemas schemas,
            GithubClient client,
            GithubNames names,
            Map<String, String> environment) {
        this.definition = definition;
        this.schemas = schemas;
        this.client = client;
        this.names = names;
        this.writer = new GithubWriter(client, names);
        this.actions = client.settings().inActions()
                ? Optional.of(new ActionsEnvironment(names, environment))
                : Optional.empty();
    }

    /** What a job of GitHub Actions sees is another place: no more than its workflow maps. */
    @Override
    public Optional<String> place() {
        return Optional.of(String.join(
                "\n",
                client.settings().endpoint().url().toString(),
                client.settings().place().path(),
                client.settings().prefix(),
                actions.isPresent() ? "job" : ""));
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    @Override
    public boolean readsValues() {
        return actions.isPresent();
    }

    // Reading

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        if (actions.isPresent()) {
            return actions.get().secret(name);
        }
        throw unreadable(name, required(listing(), name), "be read");
    }

    private UnsupportedByFlavorException unreadable(SecretName name, Map<String, Entry> keys, String what) {
        String example = keys.values().iterator().next().name();
        return new UnsupportedByFlavorException(
                "secret %s of %s cannot %s: GitHub takes values, and gives none back".formatted(name, name(), what),
                name.value(),
                "a workflow reads it as ${{ secrets." + example + " }}; keep another copy in a local secrets manager");
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        client.requireOpen();
        return actions.isPresent()
                ? actions.get().names()
                : List.copyOf(listing().secrets().keySet());
    }

    @Override
    public List<SecretSummary> listSecrets() {
        client.requireOpen();
        if (actions.isPresent()) {
            return actions.get().names().stream()
                    .map(name -> new SecretSummary(name, Secret.ARBITRARY, null, null, null))
                    .toList();
        }
        return listing().secrets().entrySet().stream()
                .map(secret -> summary(secret.getKey(), secret.getValue().values()))
                .toList();
    }

    private static SecretSummary summary(SecretName name, Collection<Entry> keys) {
        return new SecretSummary(
                name,
                Secret.ARBITRARY,
                null,
                times(keys.stream().map(Entry::created))
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                times(keys.stream().map(Entry::updated))
                        .max(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static Stream<Instant> times(Stream<@Nullable Instant> all) {
        return all.filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    private GithubListing listing() {
        return GithubListing.read(client, names);
    }

    private static NavigableMap<String, Entry> required(GithubListing listing, SecretName name) {
        NavigableMap<String, Entry> keys = listing.of(name);
        if (keys.isEmpty()) {
            throw new NoSuchSecretException(name);
        }
        return keys;
    }

    // Revisions

    @Override
    public List<RevisionEntry> listRevisions() {
        client.requireOpen();
        requireNoJob();
        NavigableMap<SecretName, NavigableMap<String, Entry>> there = listing().secrets();
        NavigableMap<SecretName, RevisionEntry> entries = new TreeMap<>();
        there.forEach((name, keys) -> entries.put(name, new RevisionEntry(name, revision(keys), Optional.of(true))));
        unseen.values().forEach(written -> {
            SecretName name = written.name();
            if (!written.isOld() && written.isBehind(there.getOrDefault(name, Collections.emptyNavigableMap()))) {
                entries.put(name, new RevisionEntry(name, Optional.empty(), Optional.of(true)));
            } else {
                unseen.remove(name, written);
            }
        });
        return List.copyOf(entries.values());
    }

    /** In a job the values are those of its start, and only those that the workflow maps. */
    private void requireNoJob() {
        if (actions.isPresent()) {
            throw new UnsupportedByFlavorException(
                    "inside of GitHub Actions nothing is synchronized with " + name()
                            + ": a job sees the values of its start, and only those that its workflow maps",
                    name(),
                    "synchronize elsewhere; a job reads with 'coffer secret get'");
        }
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        return listRevisions().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst();
    }

    private static Optional<String> revision(NavigableMap<String, Entry> keys) {
        StringBuilder revision = new StringBuilder();
        for (Entry key : keys.values()) {
            if (key.updated() == null) {
                return Optional.empty();
            }
            revision.append(revision.isEmpty() ? "" : " ")
                    .append(key.name())
                    .append('@')
                    .append(key.updated());
        }
        return Optional.of(revision.toString());
    }

    @Override
    public Revised getRevised(SecretName name) {
        requireNoJob();
        return new Revised(getSecret(name), ""); // which says that GitHub gives no values back
    }

    @Override
    public String registerRevised(Secret secret) {
        client.requireOpen();
        requireNoJob();
        Secret fit = schemas.fit(secret);
        Map<String, Answered> answered = register(fit);
        return confirmed(written(fit, answered, Map.of()));
    }

    @Override
    public String updateRevised(Secret secret, String expected) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        writer.requireStorable(fit.name(), fit.content());
        GithubListing listing = listing();
        NavigableMap<String, Entry> there = required(listing, fit.name());
        requireRevision(fit.name(), there, expected);
        Map<String, Answered> answered = update(listing, fit);
        Map<String, Entry> gone = new TreeMap<>(there);
        gone.keySet().removeAll(fit.content().keySet());
        return confirmed(written(fit, answered, gone));
    }

    private static GithubWritten written(Secret fit, Map<String, Answered> answered, Map<String, Entry> gone) {
        return new GithubWritten(fit.name(), Set.copyOf(fit.content().keySet()), answered, gone, System.nanoTime());
    }

    @Override
    public void deleteRevised(SecretName name, String expected) {
        client.requireOpen();
        NavigableMap<String, Entry> there = required(listing(), name);
        requireRevision(name, there, expected);
        delete(name, there);
    }

    private void requireRevision(SecretName name, NavigableMap<String, Entry> there, String expected) {
        requireNoJob();
        if (!revision(there).equals(Optional.of(expected))) {
            throw new ConflictException(
                    "secret " + name + " was written by somebody else; nothing was written now",
                    name.value(),
                    "ask who else writes it: GitHub gives no value back");
        }
    }

    /**
     * The revision now, of which GitHub does not say whose it is: a key more is somebody else's doing, and so is one that is
     * dated later than it can be by the put that was answered at that time. A list that is behind is read again.
     */
    private String confirmed(GithubWritten written) {
        SecretName name = written.name();
        unseen.put(name, written);
        for (int look = 1; ; look++) {
            NavigableMap<String, Entry> there = listing().of(name);
            Optional<String> overtaken = written.overtaken(there);
            if (overtaken.isPresent()) {
                unseen.remove(name);
                throw overtaken(name, overtaken.get());
            }
            if (!written.isBehind(there)) {
                String revision = revision(there).orElseThrow(() -> undated(name, "the list"));
                if (!written.answered().keySet().equals(written.keys())) {
                    throw undated(name, "the answer");
                }
                unseen.remove(name);
                return revision;
            }
            if (look == LOOKS) {
                throw client.failed(
                        "look at secret " + name,
                        "it is written, and GitHub's list does not show that yet, or somebody else deleted a key of it",
                        "look at it in a minute");
            }
            client.pause(look);
        }
    }

    private static ConflictException overtaken(SecretName name, String what) {
        return new ConflictException(
                "secret " + name + " is written, and somebody else " + what + " right after",
                name.value(),
                "ask who else writes it: GitHub gives no value back");
    }

    private RemoteException undated(SecretName name, String what) {
        return client.failed(
                "look at secret " + name,
                "it is written, and " + what + " does not say when",
                "check the attribute url");
    }

    // Limits

    @Override
    public Optional<InvalidException> refusal(Secret secret) {
        try {
            writer.requireStorable(secret.name(), secret.content());
            return Optional.empty();
        } catch (InvalidException e) {
            return Optional.of(e);
        }
    }

    @Override
    public double writesPerSecond() {
        return WRITES_PER_SECOND;
    }

    // Writing

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        register(fit);
        return new WriteReceipt(fit.name(), null, true);
    }

    private Map<String, Answered> register(Secret fit) {
        writer.requireStorable(fit.name(), fit.content());
        GithubListing listing = listing();
        if (!listing.of(fit.name()).isEmpty()) {
            throw new SecretExistsException(fit.name());
        }
        requireRoom(listing, fit.name(), fit.content().keySet());
        unseen.remove(fit.name());
        return writer.putNew(fit.name(), fit.content());
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        writer.requireStorable(fit.name(), fit.content());
        update(listing(), fit);
        return new WriteReceipt(fit.name(), null, true);
    }

    private Map<String, Answered> update(GithubListing listing, Secret fit) {
        NavigableMap<String, Entry> there = required(listing, fit.name());
        Set<String> gone = new TreeSet<>(there.keySet());
        gone.removeAll(fit.content().keySet());
        return replace(listing, fit.name(), fit.content(), gone);
    }

    private Map<String, Answered> replace(
            GithubListing listing, SecretName name, Map<String, SecretValue> values, Set<String> gone) {
        NavigableMap<String, Entry> there = listing.of(name);
        requireRoom(listing, name, values.keySet());
        unseen.remove(name);
        Map<String, Answered> answered = writer.put(name, values, there);
        Map<String, Entry> left = new TreeMap<>(there);
        left.keySet().retainAll(gone);
        writer.deleteAfterPutting(name, values.keySet(), left);
        return answered;
    }

    /** Needs no value back, unless there is a type that all of them have to fit. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        client.requireOpen();
        GithubListing listing = listing();
        NavigableMap<String, Entry> there = required(listing, name);
        for (String key : patch.remove()) {
            if (!there.containsKey(key)) {
                throw new NoSuchSecretException(name, key);
            }
        }
        Map<String, SecretValue> values = patch.set();
        Set<String> unread = new TreeSet<>(there.keySet());
        unread.removeAll(patch.remove());
        unread.removeAll(values.keySet());
        if (patch.schemaType().isPresent()) {
            values = fitting(name, patch, there, unread);
        }
        if (values.isEmpty() && patch.remove().isEmpty()) {
            return new WriteReceipt(name, null, false);
        }
        if (values.isEmpty() && unread.isEmpty()) {
            throw GithubWriter.withoutKeys(name);
        }
        writer.requireStorable(name, values, unread);
        replace(listing, name, values, patch.remove());
        return new WriteReceipt(name, null, true);
    }

    private Map<String, SecretValue> fitting(
            SecretName name, SecretPatch patch, Map<String, Entry> there, Set<String> unread) {
        try {
            Secret fit = schemas.fit(
                    Secret.of(name, patch.schemaType().orElse(Secret.ARBITRARY), new LinkedHashMap<>(patch.set())));
            if (unread.isEmpty()) {
                return fit.content();
            }
        } catch (InvalidException e) {
            if (unread.isEmpty()) {
                throw e;
            }
        }
        throw unreadable(name, there, "be held against a schema without all its values");
    }

    private void requireRoom(GithubListing listing, SecretName name, Set<String> keys) {
        int more = 0;
        for (String key : keys) {
            more += listing.of(name).containsKey(key) ? 0 : 1;
        }
        GithubPlace place = client.settings().place();
        if (more > 0 && listing.total() + more > place.limit()) {
            throw new InvalidException(
                    "secret %s needs %d more secrets at GitHub, one for each key; this %s has %d, and can have %d"
                            .formatted(name, more, place.word(), listing.total(), place.limit()),
                    name.value(),
                    "delete some first");
        }
    }

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        delete(name, required(listing(), name));
    }

    private void delete(SecretName name, NavigableMap<String, Entry> there) {
        unseen.remove(name);
        if (!writer.delete(name, there)) {
            throw new NoSuchSecretException(name); // somebody else was quicker
        }
    }

    @Override
    public void deleteAllSecrets() {
        client.requireOpen();
        listing().secrets().forEach((name, keys) -> {
            unseen.remove(name);
            writer.delete(name, keys);
        });
    }

    // All that the scope's names name is coffer's own.

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        if (actions.isEmpty() || !actions.get().names().contains(name)) {
            required(listing(), name);
        }
        return true;
    }

    @Override
    public void adopt(SecretName name) {
        isOwned(name);
    }

    // Life cycle

    @Override
    public Optional<CofferException> check() {
        client.requireOpen();
        if (actions.isPresent()) {
            return Optional.empty(); // what is read is there already
        }
        try {
            requirePlace();
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }

    /** Whether a token may write, GitHub tells only of a write. */
    private void requirePlace() {
        GithubPlace place = client.settings().place();
        GithubAnswer answer = client.send("check", "GET", place.path() + "?per_page=1&page=1", null);
        if (answer.status() == 404) {
            GithubAnswer itself = client.send("check", "GET", place.itself(), null);
            if (itself.ok()) {
                throw new RemoteException(
                        "GitHub, asked by %s to check: the token may not see the secrets of the %s"
                                .formatted(name(), place.word()),
                        name(),
                        "it needs the permission " + answer.permissions().orElse("to read and write them"));
            }
        }
        if (!answer.ok()) {
            throw client.refused("check", answer);
        }
        if (!answer.body().path("secrets").isArray()) {
            throw client.failed("check", "the answer is no list of secrets", "check the attribute url");
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
