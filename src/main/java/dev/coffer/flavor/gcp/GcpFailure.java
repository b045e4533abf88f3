package dev.coffer.flavor.gcp;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Why a request has no result. Holds nothing that a server said but for a few words that are known. */
abstract sealed class GcpFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private GcpFailure(String message) {
        super(message);
    }

    /** Nothing of the request reached the server. */
    static final class NotSent extends GcpFailure {
        private static final long serialVersionUID = 1L;

        private final boolean mayPass;

        NotSent(String message, boolean mayPass) {
            super(message);
            this.mayPass = mayPass;
        }

        /** Whether it is worth trying again. */
        boolean mayPass() {
            return mayPass;
        }
    }

    /** It was sent, and no answer that can be read came: nobody knows whether it was done. */
    static final class Lost extends GcpFailure {
        private static final long serialVersionUID = 1L;

        private final boolean mayPass;

        Lost(String message) {
            this(message, true);
        }

        Lost(String message, boolean mayPass) {
            super(message);
            this.mayPass = mayPass;
        }

        /** Whether it is worth trying again. */
        boolean mayPass() {
            return mayPass;
        }
    }

    /** The server answered with an error. */
    static final class Refused extends GcpFailure {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;
        private final boolean ofSecret;
        private final String permission;
        private final Duration retryAfter;

        /**
         * An answer.
         *
         * @param status of HTTP
         * @param code Google's word for it, such as {@code NOT_FOUND}; empty if the answer is none of Google's
         * @param ofSecret whether it is about a secret or a version, and not about the project or something else
         * @param permission the permission that it names; empty if none
         * @param retryAfter how long the server wants to be left alone
         */
        Refused(int status, String code, boolean ofSecret, String permission, Duration retryAfter) {
            super("status " + status + (code.isEmpty() ? "" : " " + code));
            this.status = status;
            this.code = code;
            this.ofSecret = ofSecret;
            this.permission = permission;
            this.retryAfter = retryAfter;
        }

        int status() {
            return status;
        }

        Duration retryAfter() {
            return retryAfter;
        }

        Optional<String> permission() {
            return Optional.of(permission).filter(text -> !text.isEmpty());
        }

        boolean is(String expected) {
            return code.equals(expected);
        }

        /** There is no such secret or version: Google's own words, and not those of a proxy, or of a missing project. */
        boolean isMissing() {
            return is("NOT_FOUND") && ofSecret;
        }

        /** Somebody else changed it first. */
        boolean isOvertaken() {
            return is("ABORTED") || is("FAILED_PRECONDITION");
        }

        /** Refused before anything was done. */
        boolean isNotDone() {
            return status == 429;
        }

        /** The server or something before it is in trouble, and may have done what was asked. */
        boolean isUnknown() {
            return status >= 500;
        }
    }
}
