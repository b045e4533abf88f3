package dev.coffer.flavor.github;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coffer.secrets.SecretName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What there is at a place.
 *
 * @param secrets those of the scope, each with its keys, sorted
 * @param total how many secrets GitHub counts there, those of others included
 */
record GithubListing(NavigableMap<SecretName, NavigableMap<String, Entry>> secrets, int total) {
    private static final String OPERATION = "list the secrets";
    private static final int PAGE = 100;
    private static final int MAX_PAGES = 100;
    private static final int ATTEMPTS = 4; // while others write

    /**
     * One secret of GitHub's.
     *
     * @param name what GitHub calls it
     * @param created when it was first put; null if that is not told
     * @param updated when it was last put; null if that is not told
     * @param visibility who sees it, if it is an organization's
     */
    record Entry(
            String name,
            @Nullable Instant created,
            @Nullable Instant updated,
            Optional<Visibility> visibility) {}

    /** The keys of a secret; empty if there is none. */
    NavigableMap<String, Entry> of(SecretName name) {
        return secrets.getOrDefault(name, Collections.emptyNavigableMap());
    }

    /** Reads all pages, and again if what they tell changes meanwhile: one that is put or deleted moves the others. */
    static GithubListing read(GithubClient client, GithubNames names) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Map<String, JsonNode>> all = pages(client);
            if (all.isPresent()) {
                return sorted(all.get(), names);
            }
        }
        throw client.failed(
                OPERATION, "the list does not hold as many secrets as it says there are", "try again in a while");
    }

    private static Optional<Map<String, JsonNode>> pages(GithubClient client) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        int total = -1;
        for (int page = 1; page <= MAX_PAGES; page++) {
            String path =
                    "%s?per_page=%d&page=%d".formatted(client.settings().place().path(), PAGE, page);
            GithubAnswer answer = client.send(OPERATION, "GET", path, null);
            if (!answer.ok()) {
                throw client.refused(OPERATION, answer);
            }
            JsonNode count = answer.body().path("total_count");
            JsonNode list = answer.body().path("secrets");
            if (!count.canConvertToInt() || !count.isIntegralNumber() || count.asInt() < 0 || !list.isArray()) {
                throw client.failed(OPERATION, "the answer is no list of secrets", "check the attribute url");
            }
            int before = all.size();
            for (JsonNode secret : list) {
                if (!secret.path("name").isTextual()) {
                    throw client.failed(OPERATION, "the answer is no list of secrets", "check the attribute url");
                }
                all.put(secret.path("name").asText().toUpperCase(Locale.ROOT), secret);
            }
            boolean changed = total >= 0 && total != count.asInt();
            total = count.asInt();
            if (changed) {
                return Optional.empty();
            }
            if (all.size() >= total) {
                return Optional.of(all);
            }
            if (all.size() == before) { // nothing new: the end, or the same page again
                return Optional.empty();
            }
        }
        throw client.failed(OPERATION, "the list has more pages than there can be", "check the attribute url");
    }

    private static GithubListing sorted(Map<String, JsonNode> all, GithubNames names) {
        NavigableMap<SecretName, NavigableMap<String, Entry>> secrets = new TreeMap<>();
        all.forEach((name, secret) -> names.at(name)
                .ifPresent(key -> secrets.computeIfAbsent(key.secret(), any -> new TreeMap<>())
                        .put(
                                key.key(),
                                new Entry(
                                        name,
                                        time(secret.path("created_at").asText("")),
                                        time(secret.path("updated_at").asText("")),
                                        Visibility.of(secret.path("visibility").asText(""))))));
        return new GithubListing(secrets, all.size());
    }

    static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
