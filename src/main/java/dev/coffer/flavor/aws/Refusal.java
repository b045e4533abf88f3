package dev.coffer.flavor.aws;

import java.time.Duration;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * An answer of AWS that says no. It has AWS's code, if that is a known one, and no other word of the server, which may
 * quote the request.
 *
 * @param code empty if unknown
 * @param status of HTTP
 * @param requestId for AWS's support; empty if there is none
 * @param retryAfter how long the server wants to be left alone
 */
record Refusal(String code, int status, String requestId, Duration retryAfter) {
    static final String NOT_FOUND = "ResourceNotFoundException";
    static final String EXISTS = "ResourceExistsException";
    /** Among others: the secret is deleted. */
    static final String NOT_NOW = "InvalidRequestException";
    /** Among others: the version to move a label from does not have it. */
    static final String BAD_PARAMETER = "InvalidParameterException";

    private static final String UNKNOWN_OPERATION = "UnknownOperationException";

    private static final Set<String> OF_STATE = Set.of(NOT_FOUND, EXISTS, NOT_NOW, BAD_PARAMETER);
    private static final Set<String> THROTTLED = Set.of(
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "SlowDown");
    private static final Set<String> NOT_KNOWN = Set.of(
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "InvalidClientTokenId",
            "IncompleteSignature",
            "SignatureDoesNotMatch",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException");
    private static final Set<String> EXPIRED =
            Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired");
    private static final Set<String> DENIED =
            Set.of("AccessDenied", "AccessDeniedException", "NotAuthorized", "ForbiddenException");
    /** Of what logs in: single sign-on, and tokens of others. */
    private static final Set<String> LOGGED_OUT =
            Set.of("UnauthorizedException", "InvalidGrantException", "InvalidIdentityToken", "IDPRejectedClaim");

    private static final Set<String> OTHERS = Set.of(
            "DecryptionFailure",
            "EncryptionFailure",
            "InternalServiceError",
            "InternalFailure",
            "InvalidNextTokenException",
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "OptInRequired",
            "PreconditionNotMetException",
            "RegionDisabledException",
            "RequestTimeTooSkewed",
            "ServiceUnavailable",
            UNKNOWN_OPERATION,
            "ValidationException");

    static Refusal of(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        String id = e.requestId();
        Duration wanted = Duration.ZERO;
        if (e.awsErrorDetails() != null && e.awsErrorDetails().sdkHttpResponse() != null) {
            wanted = e.awsErrorDetails()
                    .sdkHttpResponse()
                    .firstMatchingHeader("Retry-After")
                    .filter(text -> text.matches("\\d{1,6}"))
                    .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                    .orElse(Duration.ZERO);
        }
        return new Refusal(
                code != null && isKnown(code) ? code : "",
                e.statusCode(),
                id != null && id.matches("[A-Za-z0-9-]{1,64}") ? id : "",
                wanted);
    }

    private static boolean isKnown(String code) {
        return OF_STATE.contains(code)
                || THROTTLED.contains(code)
                || NOT_KNOWN.contains(code)
                || EXPIRED.contains(code)
                || DENIED.contains(code)
                || LOGGED_OUT.contains(code)
                || OTHERS.contains(code);
    }

    /** It depends on what is there, and is for the operation to judge. */
    boolean isOfState() {
        return OF_STATE.contains(code);
    }

    /** Too many requests: it was not done. */
    boolean isThrottled() {
        return status == 429 || THROTTLED.contains(code);
    }

    /** The server is in trouble, and nobody knows whether it was done. */
    boolean isUnknown() {
        return status >= 500;
    }

    /** Credentials that were good once. */
    boolean isExpired() {
        return EXPIRED.contains(code);
    }

    /** Of a login: it was good once. */
    boolean isLoggedOut() {
        return isExpired() || LOGGED_OUT.contains(code) || status == 401;
    }

    boolean isUnauthenticated() {
        return isExpired() || NOT_KNOWN.contains(code);
    }

    boolean isDenied() {
        return DENIED.contains(code);
    }

    /** Not allowed, or nothing that the server knows. */
    boolean isNotOffered() {
        return isDenied() || code.equals(UNKNOWN_OPERATION);
    }

    /** Another address, which is not followed. */
    boolean isRedirect() {
        return status >= 300 && status < 400;
    }

    /** Code, status and request id. */
    String describe() {
        return (code.isEmpty() ? "status " + status : code + " (status " + status + ")")
                + (requestId.isEmpty() ? "" : ", request " + requestId);
    }
}
