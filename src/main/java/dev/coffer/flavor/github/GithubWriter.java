package dev.coffer.flavor.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.flavor.github.GithubListing.Entry;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Puts and deletes the single secrets of GitHub that a secret is made of. */
final class GithubWriter {
    /** The longest value that GitHub takes: 48 KB. */
    static final int MAX_VALUE_BYTES = 48 << 10;

    private static final int PAGE = 100;
    private static final int MAX_PAGES = 1_000;

    private final GithubClient client;
    private final GithubNames names;

    GithubWriter(GithubClient client, GithubNames names) {
        this.client = client;
        this.names = names;
    }

    // What GitHub cannot hold

    /** Refuses, before anything is sent, a secret that GitHub cannot hold. */
    void requireStorable(SecretName name, Map<String, SecretValue> values) {
        requireStorable(name, values, Set.of());
    }

    /** The same of a secret that has other keys too. */
    void requireStorable(SecretName name, Map<String, SecretValue> values, Set<String> others) {
        if (values.isEmpty() && others.isEmpty()) {
            throw withoutKeys(name);
        }
        values.forEach((key, value) -> {
            names.of(name, key);
            requireStorable(name, key, value);
        });
    }

    static InvalidException withoutKeys(SecretName name) {
        return new InvalidException(
                "secret " + name + " would have no key, and GitHub keeps nothing of a secret but its keys",
                name.value(),
                "give it a key, or delete it");
    }

    private static void requireStorable(SecretName name, String key, SecretValue value) {
        if (value.size() == 0) {
            throw new InvalidException(
                    "the key %s of secret %s is empty, which to a workflow is the same as a secret that is not there"
                            .formatted(key, name),
                    name.value(),
                    "leave the key out");
        }
        if (value.size() > MAX_VALUE_BYTES) {
            throw new InvalidException(
                    "the key %s of secret %s is %d bytes long; GitHub takes %d (48 KB)"
                            .formatted(key, name, value.size(), MAX_VALUE_BYTES),
                    name.value(),
                    "keep a passphrase at GitHub, and what it encrypts in the repository");
        }
        byte[] clear = value.revealUtf8();
        try {
            for (byte b : clear) {
                if (b == 0) {
                    throw new InvalidException(
                            "the key %s of secret %s holds a NUL, which no variable of a workflow can"
                                    .formatted(key, name),
                            name.value(),
                            "encode it as base64");
                }
            }
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    // Putting

    /**
     * When a value was put, by GitHub's clock.
     *
     * @param date of the answer, in whole seconds
     * @param took how long the request was on its way before
     */
    record Answered(Instant date, Duration took) {}

    /**
     * Puts the values of a secret that was not there.
     *
     * @return by key, when GitHub answered; without those for which it did not say
     * @throws ConflictException if somebody else put one since, which GitHub replaces and tells afterwards
     */
    Map<String, Answered> putNew(SecretName name, Map<String, SecretValue> values) {
        return put(name, values, Map.of(), true);
    }

    /**
     * Puts values, one after the other.
     *
     * @param there what the secret has already
     * @return by key, when GitHub answered; without those for which it did not say
     */
    Map<String, Answered> put(SecretName name, Map<String, SecretValue> values, Map<String, Entry> there) {
        return put(name, values, there, false);
    }

    private Map<String, Answered> put(
            SecretName name, Map<String, SecretValue> values, Map<String, Entry> there, boolean isNew) {
        Map<String, Answered> answered = new TreeMap<>();
        if (values.isEmpty()) {
            return answered;
        }
        String operation = "write secret " + name;
        GithubPublicKey key = GithubPublicKey.read(client, operation);
        Optional<Entry> narrowest = there.values().stream()
                .filter(entry -> entry.visibility().isPresent())
                .min(Comparator.comparing(entry -> entry.visibility().orElseThrow()));
        Set<String> done = new TreeSet<>();
        for (Map.Entry<String, SecretValue> value : values.entrySet()) {
            try {
                Optional<Entry> like =
                        Optional.ofNullable(there.get(value.getKey())).or(() -> narrowest);
                Put put = put(operation, names.of(name, value.getKey()), value.getValue(), like, key);
                if (isNew && put.replaced()) {
                    throw replaced(name, value.getKey(), done, values.keySet());
                }
                put.answered().ifPresent(date -> answered.put(value.getKey(), date));
                key = put.key();
            } catch (RemoteException | IllegalStateException e) { // or closed meanwhile
                throw done.isEmpty() ? e : halfway(name, done, values.keySet(), e);
            }
            done.add(value.getKey());
        }
        return answered;
    }

    /**
     * A value that was put.
     *
     * @param key that was taken at last
     * @param answered when GitHub said so
     * @param replaced whether there was a value that this call did not put
     */
    private record Put(GithubPublicKey key, Optional<Answered> answered, boolean replaced) {}

    /** A key that GitHub has replaced meanwhile is asked for anew, once. */
    private Put put(String operation, String name, SecretValue value, Optional<Entry> like, GithubPublicKey key) {
        String path = client.settings().place().path() + "/" + name;
        GithubAnswer answer = client.send(operation, "PUT", path, body(operation, value, like, key));
        GithubPublicKey used = key;
        if (answer.status() == 400 || answer.status() == 422) {
            GithubPublicKey next = GithubPublicKey.read(client, operation);
            if (!next.id().equals(key.id())) {
                answer = client.send(operation, "PUT", path, body(operation, value, like, next));
                used = next;
            }
        }
        if (answer.status() != 201 && answer.status() != 204) {
            throw client.refused(operation, answer);
        }
        Duration took = answer.took();
        Optional<Answered> answered = answer.date().map(date -> new Answered(date, took));
        return new Put(used, answered, answer.status() == 204 && !answer.repeated());
    }

    private ObjectNode body(String operation, SecretValue value, Optional<Entry> like, GithubPublicKey key) {
        ObjectNode body = key.seal(client, operation, value);
        if (client.settings().place() instanceof GithubPlace.Organization) {
            Visibility visibility =
                    like.flatMap(Entry::visibility).orElse(client.settings().visibility());
            body.put("visibility", visibility.text());
            if (visibility == Visibility.SELECTED) {
                ArrayNode selected = body.putArray("selected_repository_ids");
                like.ifPresent(entry -> selected(operation, entry).forEach(selected::add));
            }
        }
        return body;
    }

    /** The repositories that see the secret now, which putting it without them could take it away from. */
    private List<Long> selected(String operation, Entry entry) {
        Set<Long> ids = new TreeSet<>();
        for (int page = 1; page <= MAX_PAGES; page++) {
            String path = "%s/%s/repositories?per_page=%d&page=%d"
                    .formatted(client.settings().place().path(), entry.name(), PAGE, page);
            GithubAnswer answer = client.send(operation, "GET", path, null);
            if (!answer.ok()) {
                throw client.refused(operation, answer);
            }
            JsonNode repositories = answer.body().path("repositories");
            JsonNode total = answer.body().path("total_count");
            if (!repositories.isArray() || !total.isIntegralNumber()) {
                break;
            }
            int before = ids.size();
            repositories.forEach(repository -> ids.add(repository.path("id").asLong()));
            if (ids.size() >= total.asLong()) {
                return new ArrayList<>(ids);
            }
            if (ids.size() == before) {
                break;
            }
        }
        throw client.failed(operation, "who sees the secret now cannot be read, so it is left as it is", "try again");
    }

    private static ConflictException replaced(SecretName name, String key, Set<String> done, Set<String> all) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(done);
        left.remove(key);
        return new ConflictException(
                "somebody else put the key %s of secret %s after it was looked for, and that value is replaced. Written: %s%s"
                        .formatted(
                                key,
                                name,
                                list(new TreeSet<>(Stream.concat(done.stream(), Stream.of(key))
                                        .toList())),
                                left.isEmpty() ? "" : "; not written: " + list(left)),
                name.value(),
                "ask who else writes it: GitHub gives no value back; an update with all values makes it whole");
    }

    private static RemoteException halfway(SecretName name, Set<String> done, Set<String> all, RuntimeException e) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(done);
        return partly(
                name,
                e,
                "written: %s; not written: %s".formatted(list(done), list(left)),
                "an update with the same values completes it");
    }

    /** The error of a change that broke off in the middle. */
    private static RemoteException partly(SecretName name, RuntimeException e, String done, String hint) {
        return new RemoteException("%s. Of secret %s, %s".formatted(e.getMessage(), name, done), name.value(), hint);
    }

    private static String list(Collection<String> keys) {
        return String.join(", ", keys);
    }

    // Deleting

    /**
     * Deletes. What is not there is as good as deleted; but GitHub also says so to a token that may not delete.
     *
     * @return whether it was this call that deleted something, as far as can be told
     * @throws CofferException if some are left
     */
    boolean delete(SecretName name, Map<String, Entry> entries) {
        Set<String> done = new TreeSet<>();
        try {
            return delete(name, entries, done);
        } catch (RemoteException | IllegalStateException e) { // or closed meanwhile
            if (done.isEmpty()) {
                throw e;
            }
            Set<String> left = new TreeSet<>(entries.keySet());
            left.removeAll(done);
            throw partly(
                    name,
                    e,
                    "deleted: %s; not deleted: %s".formatted(list(done), list(left)),
                    "deleting it again completes it");
        }
    }

    /** Deletes the keys that an update left out, after the others were written. */
    void deleteAfterPutting(SecretName name, Set<String> put, Map<String, Entry> gone) {
        try {
            delete(name, gone);
        } catch (RemoteException | IllegalStateException e) {
            throw put.isEmpty()
                    ? e
                    : partly(
                            name,
                            e,
                            "written: %s; to be deleted: %s".formatted(list(put), list(gone.keySet())),
                            "an update with the same values completes it");
        }
    }

    private boolean delete(SecretName name, Map<String, Entry> entries, Set<String> done) {
        String operation = "delete secret " + name;
        boolean deleted = false;
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, Entry> one : entries.entrySet()) {
            Entry entry = one.getValue();
            String path = client.settings().place().path() + "/" + entry.name();
            GithubAnswer answer = client.send(operation, "DELETE", path, null, () -> deleted(operation, path, entry));
            if (answer.status() == 404) {
                deleted |= answer.repeated();
                missing.add(entry.name());
            } else if (answer.status() != 204) {
                throw client.refused(operation, answer);
            } else {
                deleted = true;
                done.add(one.getKey());
            }
        }
        if (!missing.isEmpty()) {
            boolean left = GithubListing.read(client, names).of(name).values().stream()
                    .anyMatch(entry -> missing.contains(entry.name()));
            if (left) {
                throw client.failed(
                        operation, "it is still there", "the token needs the permission to write the secrets");
            }
        }
        return deleted;
    }

    /** Whether a deletion without an answer was done: else what somebody put since would be deleted, too. */
    private Optional<GithubAnswer> deleted(String operation, String path, Entry entry) {
        GithubAnswer now = client.send(operation, "GET", path, null);
        if (now.status() == 404) {
            return Optional.of(new GithubAnswer(404, now.headers(), now.body(), true, now.took()));
        }
        Instant created = GithubListing.time(now.body().path("created_at").asText(""));
        boolean same = created == null || entry.created() == null || created.equals(entry.created());
        return !now.ok() || same
                ? Optional.empty()
                : Optional.of(new GithubAnswer(204, now.headers(), now.body(), true, now.took()));
    }
}
