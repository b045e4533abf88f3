package dev.coffer.flavor.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.HttpLogDetailLevel;
import com.azure.core.http.policy.HttpLogOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.RemoteException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Sends requests through the SDK, which repeats nothing by itself. The SDK's exceptions can quote the
 * request, so none is kept as a cause. Made without a connection.
 */
final class AzureClient {
    static final String PROVIDER = "Azure Key Vault";

    // Kept, for else their levels would be forgotten: the libraries log what they also throw.
    private static final Logger SDK_LOG = Logger.getLogger("com.azure");
    private static final Logger LOGIN_LOG = Logger.getLogger("com.microsoft.aad");

    static {
        SDK_LOG.setLevel(Level.OFF);
        LOGIN_LOG.setLevel(Level.OFF);
    }

    private final AzureSettings settings;
    private final AzurePauses pauses = new AzurePauses();
    private @Nullable Open open;
    private boolean closed;

    AzureClient(AzureSettings settings) {
        this.settings = settings;
    }

    /** The SDK's client and what carries its requests. */
    private record Open(SecretClient sdk, AzureTransport vault, AzureTransport login) {
        void close() {
            vault.close();
            login.close();
        }
    }

    private static final class AzurePauses extends Pauses {
        AzurePauses() {
            super(PROVIDER);
        }

        void pause(Duration time) {
            sleep(time);
        }
    }

    /** Refusals that no operation expects become errors for people. */
    <T> T told(String operation, Supplier<T> work) {
        requireOpen();
        try {
            return work.get();
        } catch (AzureFailure.Refused e) {
            throw refused(operation, "get", e);
        } catch (AzureFailure.Lost e) {
            throw unknown(operation, e);
        }
    }

    /**
     * Sends something that may be sent twice without harm, as often as it takes.
     *
     * @param operation for errors, such as {@code read secret db}
     * @param permission what access policies call it
     * @throws AzureFailure.Refused if the answer depends on what is there
     */
    <T> T repeat(String operation, String permission, Function<SecretClient, T> request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(operation, permission, request);
            } catch (AzureFailure.Lost e) {
                if (!e.mayPass() || attempt == Pauses.ATTEMPTS) {
                    throw failed(operation, e.why(), "check the attributes vault and vault-url, and try again");
                }
                pause(attempt);
            }
        }
    }

    /**
     * Sends something once, and again only if it is known not to be done.
     *
     * @throws AzureFailure.Refused if the answer depends on what is there
     * @throws AzureFailure.Lost if nobody knows whether it was done
     */
    <T> T once(String operation, String permission, Function<SecretClient, T> request) {
        boolean renewed = false;
        for (int attempt = 1; ; attempt++) {
            Open used = open();
            AzureFailure failure;
            try {
                return request.apply(used.sdk());
            } catch (RuntimeException e) {
                failure = failure(e);
            }
            if (failure instanceof AzureFailure.NotSent notSent) {
                if (!notSent.mayPass() || attempt == Pauses.ATTEMPTS) {
                    throw failed(operation, notSent.why(), notSent.hint());
                }
                pause(attempt);
            } else if (failure instanceof AzureFailure.Refused refused) {
                if (refused.isThrottled() && attempt < Pauses.ATTEMPTS) {
                    pauses.before(attempt, refused.retryAfter());
                } else if (refused.isUnauthenticated() && !settings.isPlain() && !renewed) {
                    renewed = true; // a token that was good once may have been taken back
                    forget(used);
                } else if (refused.isUnknown()) {
                    throw lost(refused);
                } else {
                    throw refused.isOfState() ? refused : refused(operation, permission, refused);
                }
            } else {
                throw failure;
            }
        }
    }

    /** After the time that the server wants to be left alone, if that is no longer than anybody likes to wait. */
    private AzureFailure.Lost lost(AzureFailure.Refused refused) {
        if (refused.retryAfter().isZero()) {
            return new AzureFailure.Lost(refused.why(), true);
        }
        try {
            pauses.before(1, refused.retryAfter());
            return new AzureFailure.Lost(refused.why(), true);
        } catch (RemoteException e) { // too long, or interrupted
            return new AzureFailure.Lost(refused.why() + "; " + e.getMessage(), false);
        }
    }

    /** Errors of coffer's own are thrown. */
    private AzureFailure failure(RuntimeException thrown) {
        requireOpen();
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof CofferException own) {
                throw own;
            }
            if (at instanceof AzureFailure known) {
                return known;
            }
            if (at instanceof HttpResponseException answered
                    && answered.getResponse() != null
                    && answered.getResponse().getStatusCode() == 401) {
                String request = AzureAnswer.requestId(answered.getResponse().getHeaders());
                return new AzureFailure.Refused(401, "", "", "", request, Duration.ZERO);
            }
        }
        return new AzureFailure.Lost("the answer is not one of Key Vault", true);
    }

    /** Waits before something is tried again. */
    void pause(int attempt) {
        pauses.before(attempt, Duration.ZERO);
    }

    /** Waits. */
    void pause(Duration time) {
        pauses.pause(time);
    }

    /** The error of an operation that Azure did not do. */
    RemoteException failed(String operation, String why, @Nullable String hint) {
        return new RemoteException(
                PROVIDER + ", asked by " + settings.component() + " to " + operation + ": " + why,
                settings.component(),
                hint);
    }

    /** The error of an operation for which Azure was not ready in time. */
    RemoteException busy(String operation) {
        return failed(operation, "Azure is still busy with a deletion or recovery of it", "try again in a minute");
    }

    /** The error of an operation of which nobody knows whether it was done. */
    RemoteException unknown(String operation, AzureFailure.Lost lost) {
        return failed(
                operation,
                lost.why() + ", and it is not known whether it was done",
                "look at the secret before you try again");
    }

    /** The error of an operation that Azure refused. */
    RemoteException refused(String operation, String permission, AzureFailure.Refused refused) {
        if (refused.isUnauthenticated()) {
            return failed(
                    operation,
                    "not authenticated: the vault wants a login, and takes no token of this one" + refused.request(),
                    "log in anew, for instance with 'az login', and check that the vault's tenant is the login's");
        }
        if (refused.isDisabled()) {
            return failed(
                    operation,
                    "the secret is disabled in Key Vault" + refused.request(),
                    "enable it with Azure's own tools");
        }
        if (refused.isDenied()) {
            return failed(
                    operation,
                    "not allowed: " + refused.why(),
                    "it needs the permission " + refused.permission().orElse("secrets " + permission)
                            + ", and the vault's firewall has to let this machine in");
        }
        if (refused.status() < 400) {
            return failed(
                    operation, "it sends to another address, which is not followed", "check the attribute vault-url");
        }
        return failed(operation, "refused: " + refused.why(), null);
    }

    // The SDK's client

    /** What is looked for to make one may take a while, and is done without a lock. */
    private Open open() {
        synchronized (this) {
            requireOpen();
            if (open != null) {
                return open;
            }
        }
        Open made = make();
        synchronized (this) {
            if (!closed && open == null) {
                open = made;
                return made;
            }
        }
        made.close();
        return open();
    }

    /** Not closed: another thread may be in the middle of a request. */
    private synchronized void forget(Open used) {
        if (used.equals(open)) {
            open = null;
        }
    }

    private Open make() {
        AzureTransport vault = AzureTransport.toVault(settings.endpoint());
        AzureTransport login = AzureTransport.toLogin(settings.endpoint());
        SecretClientBuilder builder =
                new SecretClientBuilder().vaultUrl(settings.endpoint().url().toString());
        if (settings.isPlain()) {
            builder.pipeline(new HttpPipelineBuilder().httpClient(vault).build());
        } else {
            builder.httpClient(vault)
                    .retryOptions(once())
                    .httpLogOptions(silent())
                    .credential(new ToldCredential(credential(login)));
            if (settings.isLoopback()) {
                builder.disableChallengeResourceVerification(); // its name is none of Azure's
            }
        }
        return new Open(builder.buildClient(), vault, login);
    }

    /** Whatever the environment says: a body holds values. */
    private static HttpLogOptions silent() {
        return new HttpLogOptions().setLogLevel(HttpLogDetailLevel.NONE);
    }

    private static RetryOptions once() {
        return new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));
    }

    private TokenCredential credential(AzureTransport transport) {
        AzureSettings.Login login = settings.login();
        if (login.secret().isPresent()) {
            ClientSecretCredentialBuilder builder = new ClientSecretCredentialBuilder()
                    .httpClient(transport)
                    .retryOptions(once())
                    .httpLogOptions(silent())
                    .tenantId(login.tenant().orElseThrow())
                    .clientId(login.client().orElseThrow())
                    .clientSecret(login.secret().get());
            login.authority()
                    .ifPresent(authority -> builder.authorityHost(authority.toString())
                            .disableInstanceDiscovery()); // Azure's public server knows no other
            return builder.build();
        }
        DefaultAzureCredentialBuilder builder = new DefaultAzureCredentialBuilder()
                .httpClient(transport)
                .retryOptions(once())
                .httpLogOptions(silent());
        login.tenant().ifPresent(builder::tenantId);
        login.client().ifPresent(id -> builder.managedIdentityClientId(id).workloadIdentityClientId(id));
        login.authority()
                .ifPresent(
                        authority -> builder.authorityHost(authority.toString()).disableInstanceDiscovery());
        return builder.build();
    }

    /** Tells why there is no token, without a word of what was tried: it can quote secrets. */
    private record ToldCredential(TokenCredential real) implements TokenCredential {
        @Override
        public Mono<AccessToken> getToken(TokenRequestContext request) {
            return Mono.fromCallable(() -> getTokenSync(request));
        }

        @Override
        public AccessToken getTokenSync(TokenRequestContext request) {
            try {
                return real.getTokenSync(request);
            } catch (RuntimeException | LinkageError e) {
                throw failure(e);
            }
        }

        private static AzureFailure failure(Throwable thrown) {
            for (Throwable at = thrown; at != null; at = at.getCause()) {
                if (at instanceof AzureFailure.NotSent unreachable) {
                    return new AzureFailure.NotSent(
                            "the login of Azure: " + unreachable.why(),
                            unreachable.mayPass(),
                            "check the attributes authority-host and ca-file, and the network");
                }
                if (at instanceof CofferException own) {
                    throw own;
                }
            }
            return new AzureFailure.NotSent(
                    "not authenticated: Azure gives no token for the login",
                    false,
                    "log in, for instance with 'az login', or check the attributes tenant-id, client-id and"
                            + " client-secret");
        }
    }

    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the secrets manager " + settings.component() + " is closed");
        }
    }

    /** Not with the lock: what is closed has its own. */
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
