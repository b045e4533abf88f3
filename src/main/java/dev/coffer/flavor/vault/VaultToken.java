package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.flavor.http.NotSentException;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.RemoteException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token of one client. One that was got by a login is renewed when two thirds of its time are over, and got anew when
 * that is refused. Times are those of the JVM's own clock that nobody sets.
 */
final class VaultToken {
    private static final Duration MAX_LEASE = Duration.ofDays(3_650);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final VaultSettings settings;
    private final VaultClient client;
    private volatile @Nullable String token;
    private volatile boolean forgotten;
    private long renewAtNanos;
    private long expiresAtNanos;
    private boolean renewable;
    private boolean leased;

    VaultToken(VaultSettings settings, VaultClient client) {
        this.settings = settings;
        this.client = client;
    }

    /** The token to use now. */
    synchronized String current(String operation) {
        client.requireOpen();
        String known = token;
        if (known == null) {
            return obtain(operation);
        }
        if (!leased || System.nanoTime() - renewAtNanos < 0 || (renewable && renew(known))) {
            return known;
        }
        try {
            return obtain(operation);
        } catch (RemoteException e) {
            if (System.nanoTime() - expiresAtNanos >= 0) {
                throw e;
            }
            renewAtNanos = System.nanoTime() + AGAIN.toNanos();
            return known; // good for a while yet, and the trouble may pass
        }
    }

    /** Another token, after one was refused; empty if there can be no other. */
    synchronized Optional<String> insteadOf(String refused, String operation) {
        String known = token;
        if (known != null && !refused.equals(known)) {
            return Optional.of(known); // another thread was quicker
        }
        if (settings.login() instanceof VaultLogin.ByToken || isValid(refused)) {
            return Optional.empty();
        }
        String next = obtain(operation);
        return next.equals(refused) ? Optional.empty() : Optional.of(next);
    }

    /** Whether the server knows the token, so that it is the operation that was refused: another token would not help. */
    private boolean isValid(String refused) {
        try {
            return settings.login() instanceof VaultLogin.ByRequest
                    && client.send("GET", "auth/token/lookup-self", null, refused)
                            .ok();
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits for nobody: a login may be under way. */
    void forget() {
        forgotten = true;
        token = null;
    }

    private String obtain(String operation) {
        String next;
        if (settings.login() instanceof VaultLogin.ByToken given) {
            next = given.token();
        } else if (settings.login() instanceof VaultLogin.ByFile given) {
            next = VaultClient.readToken(given.file());
        } else if (settings.login() instanceof VaultLogin.ByRequest given) {
            next = logIn(given, operation);
        } else {
            throw new IllegalStateException("no other way to log in");
        }
        token = next;
        if (forgotten) {
            token = null;
        }
        return next;
    }

    private String logIn(VaultLogin.ByRequest login, String operation) {
        ObjectNode body = VaultClient.object();
        login.body().forEach(body::put);
        login.jwt().ifPresent(file -> body.put("jwt", VaultClient.readToken(file)));
        VaultAnswer answer = logIn(login.path(), body, operation);
        JsonNode auth = answer.body().path("auth");
        String next = auth.path("client_token").asText("");
        if (!answer.ok() || next.isEmpty() || !Exchange.isHeader(next)) {
            throw denied(operation, answer);
        }
        remember(auth);
        return next;
    }

    /** Sent again only if the server did not do it: what logs in may be good for one time. */
    private VaultAnswer logIn(String path, ObjectNode body, String operation) {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == Pauses.ATTEMPTS;
            Duration wanted = Duration.ZERO;
            try {
                VaultAnswer answer = client.send("POST", path, body, null);
                if (last || !(answer.status() == 429 || answer.status() == 503)) {
                    return answer;
                }
                wanted = answer.retryAfter();
            } catch (NotSentException e) {
                if (last || !e.mayPass()) {
                    throw client.failed(operation, e.why(), e.hint());
                }
            } catch (IOException e) {
                throw client.failed(operation, "the connection broke off while logging in", "try again");
            }
            client.pause(attempt, wanted);
        }
    }

    private RemoteException denied(String operation, VaultAnswer answer) {
        return client.failed(
                operation,
                "the login was refused: " + answer.describe(),
                answer.remedy().orElse("check the attributes that the login uses"));
    }

    private boolean renew(String known) {
        try {
            VaultAnswer answer = client.send("POST", "auth/token/renew-self", VaultClient.object(), known);
            if (answer.ok()) {
                remember(answer.body().path("auth"));
                return true;
            }
        } catch (IOException e) {
            // Logging in anew tells better what is wrong.
        }
        return false;
    }

    private void remember(JsonNode auth) {
        long seconds = Math.min(auth.path("lease_duration").asLong(0), MAX_LEASE.toSeconds());
        leased = seconds > 0;
        renewable = auth.path("renewable").asBoolean(false);
        long lease = Duration.ofSeconds(seconds).toNanos();
        renewAtNanos = System.nanoTime() + lease / 3 * 2;
        expiresAtNanos = System.nanoTime() + lease;
    }
}
