package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.List;

/**
 * What the server said.
 *
 * @param status the HTTP status
 * @param body its JSON, missing if there is none. May hold values: never shown
 * @param retryAfter what the server asks to wait; zero if it does not
 */
record VaultAnswer(int status, JsonNode body, Duration retryAfter) {
    /** Phrases of the server that say what is wrong. No other word of it is repeated: it could echo what it was sent. */
    private static final List<String> KNOWN = List.of(
            "permission denied",
            "invalid token",
            "missing client token",
            "Vault is sealed",
            "check-and-set parameter",
            "invalid role or secret ID",
            "invalid username or password",
            "no handler for route",
            "unsupported path",
            "unsupported operation",
            "namespace not found",
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

    boolean says(String phrase) {
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
