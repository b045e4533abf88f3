package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the server said.
 *
 * @param status the HTTP status
 * @param body its JSON, missing if there is none. May hold values: never shown
 * @param retryAfter what the server asks to wait; zero if it does not
 */
record VaultAnswer(int status, JsonNode body, Duration retryAfter) {
    private static final String SEALED = "Vault is sealed";
    private static final String LOCKED = "namespace has been locked";
    private static final String NO_NAMESPACE = "namespace not found";
    private static final String UPGRADING = "from non-versioned to versioned data";

    /** Phrases of the server that say what is wrong. No other word of it is repeated: it could echo what it was sent. */
    private static final List<String> KNOWN = List.of(
            "permission denied",
            "invalid token",
            "missing client token",
            SEALED,
            LOCKED,
            UPGRADING,
            "check-and-set parameter",
            "invalid role or secret ID",
            "invalid username or password",
            "no handler for route",
            "unsupported path",
            "unsupported operation",
            NO_NAMESPACE,
            "request body too large",
            "rate limit quota");

    static VaultAnswer of(int status, JsonNode body) {
        return new VaultAnswer(status, body, Duration.ZERO);
    }

    static VaultAnswer empty(int status, Duration retryAfter) {
        return new VaultAnswer(status, MissingNode.getInstance(), retryAfter);
    }

    boolean ok() {
        return status >= 200 && status < 300;
    }

    /**
     * The engine says that there is nothing: no error, or only when it was deleted. A missing mount or namespace, and a
     * proxy, have other words for a 404.
     */
    boolean isMissing() {
        JsonNode errors = body.path("errors");
        boolean nothing = errors.isArray()
                ? errors.isEmpty()
                : errors.isMissingNode() && body.path("data").path("metadata").isObject();
        return status == 404 && nothing && body.path("warnings").isEmpty();
    }

    /** Refused because the entry is at another version. */
    boolean isCasMismatch() {
        return status == 400 && says("check-and-set parameter");
    }

    boolean isNoNamespace() {
        return status == 404 && says(NO_NAMESPACE);
    }

    /**
     * Refused before anything was done, and likely to pass: too many requests, sealed, a namespace that is locked, or an
     * engine that is just becoming version 2, as a new one is for a moment.
     */
    boolean isNotDone() {
        return status == 429 || (status == 503 && (says(SEALED) || says(LOCKED))) || (status == 400 && says(UPGRADING));
    }

    /** What to do about it, whatever was asked. */
    Optional<String> remedy() {
        if (isNoNamespace()) {
            return Optional.of("check the attribute " + VaultSettings.NAMESPACE);
        }
        if (status == 503) {
            return Optional.of(says(LOCKED) ? "unlock the namespace" : "unseal the server, or wait until it is active");
        }
        return status == 400 && says(UPGRADING) ? Optional.of("try again in a moment") : Optional.empty();
    }

    private boolean says(String phrase) {
        for (JsonNode error : body.path("errors")) {
            if (error.asText().contains(phrase)) {
                return true;
            }
        }
        return false;
    }

    /** The status, with what the server says of it if that is known to be harmless. */
    String describe() {
        for (String phrase : KNOWN) {
            if (says(phrase)) {
                return "status " + status + ", " + phrase;
            }
        }
        return "status " + status;
    }

    /** The status alone. */
    @Override
    public String toString() {
        return "VaultAnswer(" + status + ")";
    }
}
