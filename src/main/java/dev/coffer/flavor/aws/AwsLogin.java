package dev.coffer.flavor.aws;

import dev.coffer.secrets.InvalidException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;

/**
 * Where the credentials of a component come from: its attributes, else the places of AWS. The SDK asks other services of AWS
 * for some of them, with clients of its own: for roles STS, for single sign-on its portal. What it says when it gets none can
 * quote a token or what a program printed, so that nothing of it is kept but AWS's codes.
 */
final class AwsLogin {
    private static final int LONGEST_CHAIN = 16;

    private final AwsSettings settings;

    AwsLogin(AwsSettings settings) {
        this.settings = settings;
    }

    /**
     * What stood in the way.
     *
     * @param why in words that fit behind a colon
     * @param hint the way out
     */
    record Trouble(String why, String hint) {}

    /**
     * The credentials, which come in time or not at all. Nothing is asked of anybody yet.
     *
     * @throws InvalidException if they would come over the network without encryption
     */
    AwsCredentialsProvider credentials() {
        if (settings.keys().isPresent()) {
            AwsSettings.Keys keys = settings.keys().get();
            return StaticCredentialsProvider.create(
                    keys.sessionToken().isPresent()
                            ? AwsSessionCredentials.create(
                                    keys.id(),
                                    keys.secret(),
                                    keys.sessionToken().get())
                            : AwsBasicCredentials.create(keys.id(), keys.secret()));
        }
        requireEncrypted("STS", "Sts", "sts");
        requireEncrypted("SSO", "Sso", "sso");
        requireEncrypted("SSO_OIDC", "SsoOidc", "sso_oidc");
        return new TimelyCredentials(
                settings.profile().isPresent()
                        ? ProfileCredentialsProvider.create(settings.profile().get())
                        : DefaultCredentialsProvider.builder().build(),
                limit());
    }

    /** How long all that is asked for the credentials may take. */
    private Duration limit() {
        return settings.connectTimeout().plus(settings.requestTimeout());
    }

    // Encryption

    /** The address that a variable, a property or AWS's files give to a service, as the SDK's own clients look for it. */
    private void requireEncrypted(String variable, String property, String section) {
        Optional<URI> address = AwsClientEndpointProvider.builder()
                .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_" + variable)
                .serviceEndpointOverrideSystemProperty("aws.endpointUrl" + property)
                .serviceProfileProperty(section)
                .profileFile(ProfileFile::defaultProfileFile)
                .profileName(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
                .resolveFromOverrides();
        if (address.filter(url -> !isSafe(url)).isPresent()) {
            throw new InvalidException(
                    "the secrets manager " + settings.component() + " would get its credentials without encryption",
                    settings.component(),
                    "AWS_ENDPOINT_URL_" + variable
                            + ", AWS_ENDPOINT_URL, or an endpoint_url in AWS's files, has to start"
                            + " with https://, or name this machine, not behind a proxy");
        }
    }

    private static boolean isSafe(URI url) {
        String host = String.valueOf(url.getHost());
        return "https".equalsIgnoreCase(url.getScheme()) || (AwsSettings.isLoopback(host) && !isBehindProxy(host));
    }

    private static boolean isBehindProxy(String host) {
        ProxyConfiguration proxy = ProxyConfiguration.builder().scheme("http").build();
        return proxy.host() != null && proxy.nonProxyHosts().stream().noneMatch(host::matches);
    }

    // Errors

    /**
     * Why there are no credentials. Where that was told quickly, it may ask for them once more, as the chain of all places
     * tells nothing of the single one.
     *
     * @param thrown by the credentials
     * @param waited how long that took
     */
    Trouble trouble(RuntimeException thrown, Duration waited) {
        Duration left = limit().minus(waited);
        boolean isQuick = !(thrown instanceof TimelyCredentials.LateException) && waited.compareTo(left) < 0;
        Throwable first = settings.profile().isEmpty() && isQuick ? closest(thrown, left) : thrown;
        for (Throwable at = first; at != null; at = at.getCause()) {
            if (at instanceof TimelyCredentials.LateException) {
                return late();
            }
            if (at instanceof AwsServiceException refused) {
                return refused(Refusal.of(refused));
            }
            if (at instanceof ClassNotFoundException) {
                return new Trouble(
                        "a library for this login is missing",
                        "add software.amazon.awssdk:sts for roles, and sso and ssooidc for single sign-on");
            }
            if (at instanceof SSLException) {
                return new Trouble(
                        "the server for the login is not trusted, or speaks no TLS that Java does",
                        "check the network, and AWS_ENDPOINT_URL if it is set");
            }
            if (at instanceof SocketException
                    || at instanceof SocketTimeoutException
                    || at instanceof UnknownHostException) {
                return new Trouble(
                        "the server for the login cannot be reached, or does not answer",
                        "check the network, and AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL_SSO if they are set");
            }
        }
        return withoutAnswer();
    }

    /** What the place said that has something, if the chain of all did not find any. */
    private Throwable closest(RuntimeException thrown, Duration left) {
        if (SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE.getStringValue().isPresent()) {
            return failure(WebIdentityTokenFileCredentialsProvider::create, left)
                    .orElse(thrown);
        }
        return profile().filter(profile -> !isOfProgram(profile)).isPresent()
                ? failure(ProfileCredentialsProvider::create, left).orElse(thrown)
                : thrown;
    }

    /** Nothing that a program says is told, so that it need not run twice. */
    private static boolean isOfProgram(Profile profile) {
        return profile.property("credential_process").isPresent()
                && profile.property("role_arn").isEmpty();
    }

    private static Optional<Throwable> failure(Supplier<AwsCredentialsProvider> place, Duration left) {
        try {
            TimelyCredentials asked = new TimelyCredentials(place.get(), left);
            try {
                asked.resolveCredentials();
                return Optional.empty();
            } finally {
                asked.close();
            }
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    private Trouble late() {
        String profile = settings.profile().orElseGet(ProfileFileSystemSetting.AWS_PROFILE::getStringValueOrThrow);
        return new Trouble(
                "the login with the profile " + profile + " took longer than " + limit().toSeconds() + " seconds",
                "see what its credential_process, role or single sign-on in ~/.aws/config waits for, or set a longer"
                        + " request-timeout");
    }

    private static Trouble refused(Refusal refusal) {
        if (refusal.isLoggedOut()) {
            return new Trouble(
                    "the login has expired: " + refusal.describe(),
                    "log in anew, for instance with 'aws sso login', or renew the token's file");
        }
        if (refusal.isDenied()) {
            return new Trouble(
                    "the role may not be used: " + refusal.describe(),
                    "check role_arn and source_profile, or sso_role_name, in ~/.aws/config, and who may assume the role");
        }
        if (refusal.isUnauthenticated()) {
            return new Trouble(
                    "the credentials for the login are not valid: " + refusal.describe(), "check them, and the clock");
        }
        return new Trouble("the login failed: " + refusal.describe(), "try again");
    }

    /** Of what the SDK found out by itself. */
    private Trouble withoutAnswer() {
        if (settings.profile().isPresent() && profile().isEmpty()) {
            return new Trouble(
                    "the profile is in none of AWS's files", "check the attribute profile, and ~/.aws/config");
        }
        if (profile().filter(AwsLogin::isOfSingleSignOn).isPresent()) {
            return new Trouble("the login has expired, or never was", "log in with 'aws sso login'");
        }
        return new Trouble(
                "there are no credentials",
                "log in, for instance with 'aws sso login', or see the attributes profile and access-key-id");
    }

    private Optional<Profile> profile() {
        return file().flatMap(file -> file.profile(
                settings.profile().orElseGet(ProfileFileSystemSetting.AWS_PROFILE::getStringValueOrThrow)));
    }

    private static Optional<ProfileFile> file() {
        try {
            return Optional.of(ProfileFile.defaultProfileFile());
        } catch (RuntimeException e) { // it cannot be read, and the message quotes it
            return Optional.empty();
        }
    }

    /** Its own, or that of the profile whose credentials assume its role. */
    private static boolean isOfSingleSignOn(Profile profile) {
        Set<String> seen = new HashSet<>();
        Optional<Profile> at = Optional.of(profile);
        while (at.isPresent()
                && seen.size() < LONGEST_CHAIN
                && seen.add(at.get().name())) {
            if (at.get().property("sso_session").isPresent()
                    || at.get().property("sso_start_url").isPresent()) {
                return true;
            }
            at = at.get().property("source_profile").flatMap(name -> file().flatMap(file -> file.profile(name)));
        }
        return false;
    }
}
