package dev.coffer.flavor.aws;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a component says about its place in AWS.
 *
 * @param component the component's name, for errors
 * @param region as AWS names it
 * @param prefix what the names of all its secrets in AWS start with; may be empty
 * @param kmsKey id, ARN or alias of the key that encrypts new secrets
 * @param profile of AWS's own files
 * @param endpoint another server than the region's
 * @param keys the attributes' own credentials
 * @param recoveryDays how long a deleted secret can be recovered
 * @param restoreOnRegister whether registering takes the name of a deleted secret
 * @param connectTimeout how long a connection may take
 * @param requestTimeout how long an answer may take
 */
record AwsSettings(
        String component,
        Optional<String> region,
        String prefix,
        Optional<String> kmsKey,
        Optional<String> profile,
        Optional<URI> endpoint,
        Optional<Keys> keys,
        int recoveryDays,
        boolean restoreOnRegister,
        Duration connectTimeout,
        Duration requestTimeout) {
    static final String REGION = "region";
    static final String PREFIX = "prefix";
    static final String KMS_KEY = "kms-key";
    static final String PROFILE = "profile";
    static final String ENDPOINT = "endpoint";
    static final String ACCESS_KEY_ID = "access-key-id";
    static final String SECRET_ACCESS_KEY = "secret-access-key";
    static final String SESSION_TOKEN = "session-token";
    static final String RECOVERY_WINDOW = "recovery-window";
    static final String RESTORE_ON_REGISTER = "restore-on-register";
    static final String CONNECT_TIMEOUT = "connect-timeout";
    static final String REQUEST_TIMEOUT = "request-timeout";

    private static final long MAX_TIMEOUT_SECONDS = 3_600;

    /** Credentials that are not looked for in AWS's own places. */
    record Keys(String id, String secret, Optional<String> sessionToken) {
        /** None of them. */
        @Override
        public String toString() {
            return "Keys(redacted)";
        }
    }

    /**
     * Reads the attributes.
     *
     * @throws InvalidException if one is senseless, or does not go with another
     */
    static AwsSettings of(ComponentDefinition component) {
        return new Reader(component).read();
    }

    /** By its text alone: a name could be resolved to any place. */
    static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
                || host.equals("[::1]")
                || host.equals("::1");
    }

    private record Reader(ComponentDefinition component) {
        AwsSettings read() {
            return new AwsSettings(
                    component.name(),
                    attribute(REGION).map(text -> matching(REGION, text, "[a-z0-9-]{1,64}", "eu-central-1")),
                    prefix(),
                    attribute(KMS_KEY).map(text -> matching(KMS_KEY, text, "[\\w:/-]{1,2048}", "alias/team")),
                    profile(),
                    attribute(ENDPOINT).map(this::endpoint),
                    keys(),
                    (int) number(RECOVERY_WINDOW, 30, 7, 30, "it is between 7 and 30 days"),
                    flag(RESTORE_ON_REGISTER),
                    seconds(CONNECT_TIMEOUT, 5),
                    seconds(REQUEST_TIMEOUT, 30));
        }

        private Optional<String> attribute(String name) {
            return Optional.ofNullable(component.attributes().get(name)).filter(text -> !text.isEmpty());
        }

        private String matching(String name, String text, String pattern, String example) {
            if (!text.matches(pattern)) {
                throw invalid("has a " + name + " that AWS cannot have", "one is like " + example);
            }
            return text;
        }

        private String prefix() {
            String prefix = matching(PREFIX, attribute(PREFIX).orElse(""), "[A-Za-z0-9/_+=.@-]{0,200}", "team/app/");
            if (prefix.startsWith(AwsNames.ROOT) || (!prefix.isEmpty() && AwsNames.ROOT.startsWith(prefix))) {
                throw invalid(
                        "has a prefix under which coffer keeps the secrets of other scopes",
                        "choose one that does not start like " + AwsNames.ROOT);
            }
            return prefix;
        }

        private Optional<String> profile() {
            Optional<String> profile = attribute(PROFILE);
            if (profile.isPresent() && attribute(ACCESS_KEY_ID).isPresent()) {
                throw invalid("has a " + PROFILE + " and an " + ACCESS_KEY_ID, "remove one of them");
            }
            return profile;
        }

        private Optional<Keys> keys() {
            Optional<String> id = attribute(ACCESS_KEY_ID).map(text -> credential(ACCESS_KEY_ID, text));
            Optional<String> secret = attribute(SECRET_ACCESS_KEY).map(text -> credential(SECRET_ACCESS_KEY, text));
            Optional<String> token = attribute(SESSION_TOKEN).map(text -> credential(SESSION_TOKEN, text));
            if (id.isPresent() != secret.isPresent()) {
                throw invalid("has one of " + ACCESS_KEY_ID + " and " + SECRET_ACCESS_KEY, "give both or neither");
            }
            if (token.isPresent() && id.isEmpty()) {
                throw invalid("has a " + SESSION_TOKEN + " without its " + ACCESS_KEY_ID, "give both or neither");
            }
            return id.flatMap(given -> secret.map(other -> new Keys(given, other, token)));
        }

        /** Without the end of line that a file brings along. */
        private String credential(String name, String text) {
            String stripped = text.strip();
            if (stripped.isEmpty() || !stripped.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
                throw invalid(
                        "has a " + name + " with characters that none has", "check it for spaces and line breaks");
            }
            return stripped;
        }

        private URI endpoint(String text) {
            URI url;
            try {
                url = new URI(text);
            } catch (URISyntaxException e) {
                throw invalid("has an endpoint that cannot be read", "one is like https://secrets.example.org");
            }
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            String host = url.getHost();
            if (host == null
                    || url.getPort() == 0
                    || url.getPort() > 65_535
                    || url.getRawUserInfo() != null
                    || url.getRawQuery() != null
                    || url.getRawFragment() != null
                    || !(scheme.equals("https") || scheme.equals("http"))) {
                throw invalid("has an endpoint that is none of a server", "one is like https://secrets.example.org");
            }
            if (scheme.equals("http") && !isLoopback(host)) {
                throw invalid("would send secrets without encryption", "the endpoint has to start with https://");
            }
            return url;
        }

        private Duration seconds(String name, long usual) {
            return Duration.ofSeconds(number(name, usual, 1, MAX_TIMEOUT_SECONDS, "it is between 1 and 3600 seconds"));
        }

        private long number(String name, long usual, long least, long most, String hint) {
            String text = attribute(name).orElse(String.valueOf(usual));
            long number = text.matches("\\d{1,9}") ? Long.parseLong(text) : -1;
            if (number < least || number > most) {
                throw invalid("has a " + name + " that cannot be", hint);
            }
            return number;
        }

        private boolean flag(String name) {
            String text = attribute(name).orElse("false");
            if (!text.equals("true") && !text.equals("false")) {
                throw invalid("has a " + name + " that cannot be", "it is true or false");
            }
            return text.equals("true");
        }

        /** Quotes no attribute: any may be the value of a secret. */
        private InvalidException invalid(String what, @Nullable String hint) {
            return new InvalidException("the secrets manager " + component.name() + " " + what, component.name(), hint);
        }
    }

    /** The component. Never a credential. */
    @Override
    public String toString() {
        return "AwsSettings(" + component + ")";
    }
}
