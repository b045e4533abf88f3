package dev.coffer.flavor.github;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coffer.flavor.http.Exchange;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * What GitHub said.
 *
 * @param status the HTTP status
 * @param headers that tell of limits, permissions and the request's id
 * @param body its JSON, missing if there is none. Never shown
 * @param repeated whether the request had been sent before, and may have been done then
 * @param took how long it was on its way
 */
record GithubAnswer(int status, HttpHeaders headers, JsonNode body, boolean repeated, Duration took) {
    /** Phrases of GitHub that say what is wrong. No other word is repeated: it could echo what it was sent. */
    private static final List<String> KNOWN = List.of(
            "Bad credentials",
            "Requires authentication",
            "Resource not accessible by personal access token",
            "Resource not accessible by integration",
            "Resource protected by organization SAML enforcement",
            "IP allow list",
            "Must have admin rights",
            "secondary rate limit",
            "API rate limit exceeded",
            "abuse detection",
            "Repository was archived",
            "Problems parsing JSON",
            "Validation Failed",
            "Not Found");

    private static final Duration UNTOLD = Duration.ofSeconds(60); // as GitHub's documentation asks
    private static final Duration MARGIN = Duration.ofSeconds(1); // the reset is told in whole seconds

    boolean ok() {
        return status >= 200 && status < 300;
    }

    /** Refused before anything was done, because of too many requests. */
    boolean isThrottled() {
        return status == 429
                || (status == 403
                        && (headers.firstValue("Retry-After").isPresent()
                                || header("x-ratelimit-remaining").equals(Optional.of("0"))
                                || says("secondary rate limit")
                                || says("abuse detection")));
    }

    /** When it was given, to the second, by GitHub's clock; empty if that is not told. */
    Optional<Instant> date() {
        return header("Date").flatMap(GithubAnswer::time);
    }

    /** How long GitHub asks to wait, by its own clock. */
    Duration pause() {
        Duration asked = Exchange.retryAfter(headers);
        if (!asked.isZero()) {
            return asked;
        }
        Optional<Instant> now = date();
        if (reset().isPresent() && now.isPresent()) {
            Duration left = Duration.between(now.get(), reset().get()).plus(MARGIN);
            return left.isNegative() ? MARGIN : left;
        }
        return UNTOLD;
    }

    /** When the limit of all requests ends, if that is what is used up. */
    Optional<Instant> reset() {
        return header("x-ratelimit-remaining")
                .filter("0"::equals)
                .flatMap(none -> header("x-ratelimit-reset"))
                .filter(text -> text.matches("\\d{1,12}"))
                .map(text -> Instant.ofEpochSecond(Long.parseLong(text)));
    }

    /** Which permissions of a token would do; empty if GitHub does not say. */
    Optional<String> permissions() {
        return header("x-accepted-github-permissions").filter(text -> text.matches("[a-z_=,; ]{1,200}"));
    }

    private Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    private static Optional<Instant> time(String httpDate) {
        try {
            return Optional.of(ZonedDateTime.parse(httpDate, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    boolean says(String phrase) {
        return body.path("message").asText("").contains(phrase);
    }

    /** The status, with what GitHub says of it if that is known to be harmless, and the request's id. */
    String describe() {
        String phrase = KNOWN.stream()
                .filter(this::says)
                .findFirst()
                .map(text -> ", " + text)
                .orElse("");
        String id = header("x-github-request-id")
                .filter(text -> text.matches("[A-Za-z0-9:-]{1,100}"))
                .map(text -> ", request " + text)
                .orElse("");
        return "status " + status + phrase + id;
    }

    /** The status alone. */
    @Override
    public String toString() {
        return "GithubAnswer(" + status + ")";
    }
}
