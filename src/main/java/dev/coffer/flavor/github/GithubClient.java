package dev.coffer.flavor.github;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.flavor.http.NotSentException;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.flavor.http.TooLargeException;
import dev.coffer.secrets.RemoteException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to GitHub. All that are sent here may be sent twice: a value that is put again is there as it was, and what is
 * deleted stays deleted. So an answer that was lost is asked for again, a few times. Safe for use by several threads.
 */
final class GithubClient {
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final String UNKNOWN = ", and it is not known whether it was done";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GithubSettings settings;
    private final Exchange exchange;
    private final Pauses pauses;

    GithubClient(GithubSettings settings, Pauses pauses) {
        this.settings = settings;
        this.pauses = pauses;
        this.exchange = new Exchange(
                settings.endpoint(),
                MAX_ANSWER_BYTES,
                "if it was renamed or moved, change the attributes owner and repository");
    }

    GithubSettings settings() {
        return settings;
    }

    /** Sends, as often as it takes. The answer says whether it may have been done before. */
    GithubAnswer send(String operation, String method, String path, @Nullable ObjectNode body) {
        return send(operation, method, path, body, Optional::empty);
    }

    /**
     * The same, for what is not safe to repeat unseen.
     *
     * @param lookUp asked before a request is sent again whose answer was lost; an answer if it need not be
     */
    GithubAnswer send(
            String operation,
            String method,
            String path,
            @Nullable ObjectNode body,
            Supplier<Optional<GithubAnswer>> lookUp) {
        boolean write = !method.equals("GET");
        boolean lost = false; // an answer to a write, which may have been done
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == Pauses.ATTEMPTS;
            Duration wanted = Duration.ZERO;
            try {
                Optional<GithubAnswer> known = lost ? lookUp.get() : Optional.empty();
                if (known.isPresent()) {
                    return known.get();
                }
                GithubAnswer answer = once(method, path, body, lost);
                if (answer.isThrottled()) {
                    wanted = requireShort(operation, answer, last);
                } else if (answer.status() < 500) {
                    return answer;
                } else if (last) {
                    throw failed(operation, answer.describe() + (write ? UNKNOWN : ""), "try again");
                } else {
                    lost = write;
                }
            } catch (NotSentException e) {
                if (last || !e.mayPass()) {
                    throw failed(operation, e.why() + (lost ? UNKNOWN : ""), e.hint());
                }
            } catch (TooLargeException e) {
                throw failed(
                        operation,
                        "the answer is longer than any can be" + (write ? UNKNOWN : ""),
                        "check the attribute url");
            } catch (IOException e) {
                lost = write;
                if (last) {
                    throw failed(operation, write ? "no answer came" + UNKNOWN : "no whole answer came", "try again");
                }
            } catch (IllegalStateException e) { // closed meanwhile
                throw lost ? failed(operation, "it was closed" + UNKNOWN, null) : e;
            }
            pause(operation, attempt, wanted, lost);
        }
    }

    /** Waits before something is looked at again. */
    void pause(int attempt) {
        pauses.before(attempt, Duration.ZERO);
    }

    private void pause(String operation, int attempt, Duration wanted, boolean lost) {
        try {
            pauses.before(attempt, wanted);
        } catch (RemoteException e) { // interrupted
            throw lost ? failed(operation, "waiting was interrupted" + UNKNOWN, null) : e;
        }
    }

    private Duration requireShort(String operation, GithubAnswer answer, boolean last) {
        Duration pause = answer.pause();
        if (last || pause.compareTo(LONGEST_WAIT) > 0) {
            String until = answer.reset().map(time -> ", at " + time).orElse("");
            throw failed(
                    operation,
                    "there were too many requests; more are taken in " + pause.toSeconds() + " seconds" + until + " ("
                            + answer.describe() + ")" + (answer.repeated() ? UNKNOWN : ""),
                    "try again after that time");
        }
        return pause;
    }

    private GithubAnswer once(String method, String path, @Nullable ObjectNode body, boolean repeated)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        settings.endpoint().url().resolve(path))
                .timeout(settings.endpoint().requestTimeout())
                .header("Accept", "application/vnd.github+json")
                .header("X-GitHub-Api-Version", "2022-11-28")
                .header("User-Agent", "coffer")
                .header("Authorization", "Bearer " + settings.token().orElseThrow(this::noToken));
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        }
        HttpResponse<byte[]> response;
        long start = System.nanoTime();
        try {
            response = exchange.send(request.build());
        } catch (RemoteException e) { // interrupted, or sent elsewhere
            throw repeated && !e.getMessage().endsWith(UNKNOWN)
                    ? new RemoteException(
                            e.getMessage() + UNKNOWN,
                            e.name().orElse(null),
                            e.hint().orElse(null))
                    : e;
        }
        return new GithubAnswer(
                response.statusCode(),
                response.headers(),
                json(response),
                repeated,
                Duration.ofNanos(System.nanoTime() - start));
    }

    /** A page of a proxy is no answer of GitHub's, whatever its status. */
    private static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        byte[] bytes = response.body();
        try {
            JsonNode body = bytes.length == 0 ? null : JSON.readTree(bytes);
            return body == null ? MissingNode.getInstance() : body;
        } catch (JacksonException e) { // quotes what it read
            if (response.statusCode() < 300) {
                throw new IOException("no JSON");
            }
            return MissingNode.getInstance();
        }
    }

    private RemoteException noToken() {
        return new RemoteException(
                "the secrets manager " + settings.endpoint().component() + " has no token for GitHub",
                settings.endpoint().component(),
                "give it as --token='{{SECRET.KEY}}', or set GH_TOKEN; for an own server GH_ENTERPRISE_TOKEN");
    }

    /** The error of an answer that was not expected. */
    RemoteException refused(String operation, GithubAnswer answer) {
        String word = settings.place().word();
        Optional<String> needed = answer.permissions();
        String hint = switch (answer.status()) {
            case 401 -> "the token is wrong, expired or revoked";
            case 403 ->
                needed.map(all -> "the token needs the permission " + all)
                        .orElse("the token needs the permission to write the secrets of the " + word);
            case 404 ->
                "there is no such " + word + ", or the token may not see it"
                        + needed.map(all -> ": it needs the permission " + all).orElse("");
            default -> null;
        };
        return failed(operation, answer.describe() + (answer.repeated() ? UNKNOWN : ""), hint);
    }

    RemoteException failed(String operation, String why, @Nullable String hint) {
        return exchange.failed(operation, why, hint);
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    void requireOpen() {
        exchange.requireOpen();
    }

    void close() {
        exchange.close();
    }
}
