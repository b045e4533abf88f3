package dev.coffer.flavor.aws;

import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RemoteException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Sends requests through the SDK, which repeats nothing by itself. The SDK's exceptions can quote the request, so none is
 * kept as a cause. Made without a connection; what AWS's own files say is read when it is first used.
 */
final class AwsClient {
    static final String UNKNOWN = ", and it is not known whether it was done";

    private final AwsSettings settings;
    private final AwsLogin login;
    private final Pauses pauses;
    private final Supplier<Open> maker;
    private @Nullable Open open;
    private boolean closed;
    private volatile boolean answered;

    AwsClient(AwsSettings settings) {
        this.settings = settings;
        this.login = new AwsLogin(settings);
        this.pauses = new Pauses("AWS Secrets Manager", settings.component());
        this.maker = this::make;
    }

    /**
     * Uses other clients of the SDK.
     *
     * @param maker makes one each time that the credentials have expired
     */
    AwsClient(AwsSettings settings, Supplier<Open> maker) {
        this.settings = settings;
        this.login = new AwsLogin(settings);
        this.pauses = new Pauses("AWS Secrets Manager", settings.component());
        this.maker = maker;
    }

    /** The SDK's client and where its credentials come from. What changes in it has the lock of the client that uses it. */
    static final class Open {
        private final SecretsManagerClient sdk;
        private final AwsCredentialsProvider credentials;
        private int users;
        private boolean forgotten;

        Open(SecretsManagerClient sdk, AwsCredentialsProvider credentials) {
            this.sdk = sdk;
            this.credentials = credentials;
        }

        private void close() {
            sdk.close();
            if (credentials instanceof SdkAutoCloseable closeable) {
                closeable.close();
            }
        }
    }

    /**
     * Sends something that may be sent twice without harm, as often as it takes.
     *
     * @param operation for errors, such as {@code read secret db}
     * @param permission what AWS calls the request
     * @return unknown only if that was so each time
     */
    <T> Sent<T> repeat(String operation, String permission, Function<SecretsManagerClient, T> request) {
        return repeat(operation, permission, request, false);
    }

    /** The same of what can be done in another way: it is refused as well where it is not allowed, or not known. */
    <T> Sent<T> repeatIfOffered(String operation, String permission, Function<SecretsManagerClient, T> request) {
        return repeat(operation, permission, request, true);
    }

    private <T> Sent<T> repeat(
            String operation, String permission, Function<SecretsManagerClient, T> request, boolean ifOffered) {
        for (int attempt = 1; ; attempt++) {
            Sent<T> sent = send(operation, permission, request, ifOffered);
            if (!sent.isUnknown()) {
                return sent;
            }
            if (attempt == Pauses.ATTEMPTS) {
                return Sent.unknown(sent.why(), failed(operation, sent.why(), "try again"));
            }
            pause(attempt);
        }
    }

    /** Sends something once, and again only if it is known not to be done. */
    <T> Sent<T> once(String operation, String permission, Function<SecretsManagerClient, T> request) {
        return send(operation, permission, request, false);
    }

    /** Whether the last request of any thread was answered, be it with a refusal. */
    boolean isAnswered() {
        return answered;
    }

    private <T> Sent<T> send(
            String operation, String permission, Function<SecretsManagerClient, T> request, boolean ifOffered) {
        boolean renewed = false;
        for (int attempt = 1; ; attempt++) {
            answered = false;
            Open used = open(operation);
            Refusal refusal;
            try {
                T answer = request.apply(used.sdk);
                answered = true;
                return Sent.answered(answer);
            } catch (AwsServiceException e) {
                refusal = Refusal.of(e);
                answered = !refusal.isUnknown();
            } catch (RuntimeException e) {
                requireOpen();
                RemoteException notSent = notSent(operation, e);
                if (notSent == null) {
                    return noAnswer(operation, e);
                }
                if (isUntrusted(e) || attempt == Pauses.ATTEMPTS) {
                    throw notSent;
                }
                pause(attempt);
                continue;
            } finally {
                release(used);
            }
            if (refusal.isThrottled() && attempt < Pauses.ATTEMPTS) {
                pauses.before(attempt, refusal.retryAfter());
            } else if (refusal.isExpired() && settings.keys().isEmpty() && !renewed) {
                renewed = true;
                forget(used);
            } else if (refusal.isUnknown()) {
                return Sent.unknown(refusal.describe(), failed(operation, refusal.describe() + UNKNOWN, null));
            } else if (refusal.isOfState() || (ifOffered && refusal.isNotOffered())) {
                return Sent.refused(refusal.code(), refused(operation, permission, refusal));
            } else {
                throw refused(operation, permission, refusal);
            }
        }
    }

    /** Waits before something is tried again. */
    void pause(int attempt) {
        pauses.before(attempt, Duration.ZERO);
    }

    /** Null if the request may have reached the server. Errors of coffer's own are thrown. */
    private @Nullable RemoteException notSent(String operation, Throwable thrown) {
        if (Thread.currentThread().isInterrupted()) {
            return failed(operation, "waiting was interrupted, and it is not known whether it was done", null);
        }
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof CofferException own) {
                throw own;
            }
            if (at instanceof TimelyCredentials.LateException late) {
                throw notLoggedIn(operation, late, Duration.ZERO); // they ran out since they were looked at
            }
            if (at instanceof SSLHandshakeException || at instanceof SSLPeerUnverifiedException) {
                return failed(
                        operation,
                        "the server's certificate is not trusted, or it speaks no TLS that Java does",
                        "check the attribute endpoint");
            }
            if (at instanceof ConnectException
                    || at instanceof NoRouteToHostException
                    || at instanceof UnknownHostException) {
                return failed(
                        operation,
                        "it cannot be reached: no connection",
                        "check the attributes region and endpoint, and the network");
            }
        }
        return null;
    }

    private static boolean isUntrusted(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof SSLHandshakeException || at instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    private <T> Sent<T> noAnswer(String operation, Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof TransportGuard.TooLargeException) {
                String why = "the answer is longer than any can be";
                return Sent.unknown(why, failed(operation, why + UNKNOWN, "check the attributes region and endpoint"));
            }
        }
        return Sent.unknown("no whole answer came", failed(operation, "no answer came" + UNKNOWN, null));
    }

    /** The error of an operation that AWS did not do. */
    RemoteException failed(String operation, String why, @Nullable String hint) {
        return new RemoteException(
                "AWS Secrets Manager, asked by " + settings.component() + " to " + operation + ": " + why,
                settings.component(),
                hint);
    }

    private RemoteException refused(String operation, String permission, Refusal refusal) {
        if (refusal.isExpired()) {
            return failed(
                    operation,
                    "the credentials have expired: " + refusal.describe(),
                    "log in anew, for instance with 'aws sso login'");
        }
        if (refusal.isUnauthenticated()) {
            return failed(
                    operation, "the credentials are not valid: " + refusal.describe(), "check them, and the clock");
        }
        if (refusal.isDenied()) {
            return failed(
                    operation,
                    "not allowed: " + refusal.describe(),
                    "it needs the permission secretsmanager:" + permission
                            + ", and the use of the KMS key where values are read or written");
        }
        if (refusal.isRedirect()) {
            return failed(
                    operation, "it sends to another address, which is not followed", "check the attribute endpoint");
        }
        return failed(operation, refusal.describe(), null);
    }

    // The SDK's client

    /** With credentials that are there, or the error that says that they are not. It is to be released. */
    private Open open(String operation) {
        Open used = opened();
        long started = System.nanoTime();
        try {
            used.credentials.resolveCredentials();
        } catch (RuntimeException e) {
            release(used);
            requireOpen();
            throw notLoggedIn(operation, e, Duration.ofNanos(System.nanoTime() - started));
        }
        return used;
    }

    private RemoteException notLoggedIn(String operation, RuntimeException thrown, Duration waited) {
        if (Thread.currentThread().isInterrupted()) {
            return failed(operation, "waiting for the login was interrupted", null);
        }
        AwsLogin.Trouble trouble = login.trouble(thrown, waited);
        return failed(operation, trouble.why(), trouble.hint());
    }

    /** What is read and asked for to make one may take a while, and is done without a lock. */
    private Open opened() {
        synchronized (this) {
            requireOpen();
            if (open != null) {
                open.users++;
                return open;
            }
        }
        Open made = maker.get();
        synchronized (this) {
            if (!closed && open == null) {
                open = made;
                made.users++;
                return made;
            }
        }
        made.close();
        return opened();
    }

    /** Another thread may be in the middle of a request: the last one that uses it closes it. */
    private void forget(Open old) {
        boolean unused = false;
        synchronized (this) {
            if (old.equals(open)) {
                open = null;
                old.forgotten = true;
                unused = old.users == 0;
            }
        }
        if (unused) {
            old.close();
        }
    }

    private void release(Open used) {
        boolean last;
        synchronized (this) {
            used.users--;
            last = used.forgotten && used.users == 0;
        }
        if (last) {
            used.close();
        }
    }

    private Open make() {
        AwsCredentialsProvider credentials = login();
        UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder()
                .connectionTimeout(settings.connectTimeout())
                .socketTimeout(settings.requestTimeout());
        SecretsManagerClientBuilder builder = SecretsManagerClient.builder()
                .region(region())
                .credentialsProvider(credentials)
                .overrideConfiguration(override -> {
                    override.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .apiCallAttemptTimeout(settings.requestTimeout())
                            .addExecutionInterceptor(new TransportGuard(
                                    settings.component(), settings.endpoint().isPresent()));
                    settings.profile().ifPresent(override::defaultProfileName);
                });
        settings.endpoint().ifPresent(endpoint -> {
            builder.endpointOverride(endpoint);
            if (AwsSettings.isLoopback(String.valueOf(endpoint.getHost()))) { // stays on this machine
                http.proxyConfiguration(ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariablesValues(false)
                        .build());
            }
        });
        try {
            return new Open(builder.httpClientBuilder(http).build(), credentials);
        } catch (SdkException | IllegalArgumentException e) {
            throw unusable();
        }
    }

    private AwsCredentialsProvider login() {
        try {
            return login.credentials();
        } catch (SdkException | IllegalArgumentException e) {
            throw unusable();
        }
    }

    private InvalidException unusable() {
        return new InvalidException(
                "the secrets manager " + settings.component() + " cannot use what AWS's own files say",
                settings.component(),
                "check ~/.aws/config, and the variables AWS_…");
    }

    private Region region() {
        if (settings.region().isPresent()) {
            return Region.of(settings.region().get());
        }
        try {
            return DefaultAwsRegionProviderChain.builder()
                    .profileName(settings.profile().orElse(null))
                    .build()
                    .getRegion();
        } catch (SdkException e) {
            throw new InvalidException(
                    "the secrets manager " + settings.component() + " has no region",
                    settings.component(),
                    "give it as --region=REGION, or set AWS_REGION");
        }
    }

    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the secrets manager " + settings.component() + " is closed");
        }
    }

    /** Not with the lock: the SDK has its own. */
    void close() {
        Open last;
        synchronized (this) {
            closed = true;
            last = open;
            open = null;
        }
        if (last != null) {
            last.close();
        }
    }
}
