package dev.coffer.flavor.azure;

import java.time.Duration;
import java.util.Optional;

/** Why a request has no result. Holds nothing that a server said but for a few words that are known. */
abstract sealed class AzureFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private AzureFailure(String message) {
        super(message, null, false, false);
    }

    /** In words for people. */
    String why() {
        return String.valueOf(getMessage());
    }

    /** Nothing of the request was done: it did not reach the server, or nobody could log in. */
    static final class NotSent extends AzureFailure {
        private static final long serialVersionUID = 1L;

        private final boolean mayPass;
        private final String hint;

        NotSent(String why, boolean mayPass, String hint) {
            super(why);
            this.mayPass = mayPass;
            this.hint = hint;
        }

        /** Whether it is worth trying again. */
        boolean mayPass() {
            return mayPass;
        }

        String hint() {
            return hint;
        }
    }

    /** It was sent, and no answer that can be read came: nobody knows whether it was done. */
    static final class Lost extends AzureFailure {
        private static final long serialVersionUID = 1L;

        private final boolean mayPass;

        Lost(String why, boolean mayPass) {
            super(why);
            this.mayPass = mayPass;
        }

        /** Whether it is worth asking again. */
        boolean mayPass() {
            return mayPass;
        }
    }

    /** The server answered with an error. */
    static final class Refused extends AzureFailure {
        private static final long serialVersionUID = 1L;

        /** There is no such secret, or no such deleted one. */
        static final String NOT_FOUND = "SecretNotFound";

        private final int status;
        private final String code;
        private final String inner;
        private final String permission;
        private final String requestId;
        private final Duration retryAfter;

        /**
         * An answer.
         *
         * @param status of HTTP
         * @param code Key Vault's word for it, such as {@code Forbidden}; empty if the answer is none of Key Vault's
         * @param inner its closer word, such as {@code ObjectIsDeletedButRecoverable}; may be empty
         * @param permission the permission that it names; may be empty
         * @param requestId for Azure's support; may be empty
         * @param retryAfter how long the server wants to be left alone
         */
        Refused(int status, String code, String inner, String permission, String requestId, Duration retryAfter) {
            super(("status " + status + " " + code + " " + inner).strip() + ofRequest(requestId));
            this.status = status;
            this.code = code;
            this.inner = inner;
            this.permission = permission;
            this.requestId = requestId;
            this.retryAfter = retryAfter;
        }

        int status() {
            return status;
        }

        /** The request's id as the end of a sentence; empty if there is none. */
        String request() {
            return ofRequest(requestId);
        }

        private static String ofRequest(String id) {
            return id.isEmpty() ? "" : ", request " + id;
        }

        Duration retryAfter() {
            return retryAfter;
        }

        Optional<String> permission() {
            return Optional.of(permission).filter(text -> !text.isEmpty());
        }

        /** Key Vault's own words, and not those of a proxy. */
        boolean isMissing() {
            return status == 404 && code.equals(NOT_FOUND);
        }

        boolean isDisabled() {
            return status == 403 && (inner.equals("SecretDisabled") || code.equals("SecretDisabled"));
        }

        /** Because of what is there: a deleted secret, or one that is being deleted or recovered. */
        boolean isConflict() {
            return status == 409 && !code.isEmpty();
        }

        /** The name belongs to a deleted secret that can be recovered. */
        boolean isDeleted() {
            return isConflict() && !isOnTheWay();
        }

        /** Somebody deletes it, which is not finished yet. */
        boolean isBeingDeleted() {
            return isConflict() && inner.equals("ObjectIsBeingDeleted");
        }

        /** Something else with the secret is not finished yet. */
        boolean isOnTheWay() {
            return isConflict() && inner.startsWith("ObjectIsBeing");
        }

        /** Refused before anything was done. */
        boolean isThrottled() {
            return status == 429;
        }

        /** The server or something before it is in trouble, and may have done what was asked. */
        boolean isUnknown() {
            return status >= 500 || status == 408;
        }

        boolean isUnauthenticated() {
            return status == 401;
        }

        boolean isDenied() {
            return status == 403;
        }

        /** It depends on what is there, and is for the operation to judge. */
        boolean isOfState() {
            return isMissing() || isDisabled() || isConflict();
        }
    }
}
