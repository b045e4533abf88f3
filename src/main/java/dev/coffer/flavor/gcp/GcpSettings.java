package dev.coffer.flavor.gcp;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a component says about its project.
 *
 * @param component the component's name, for errors
 * @param project the project's id or number
 * @param endpoint scheme, host and port, without a slash at the end
 * @param credentials the file with the credentials; empty for the application default ones
 * @param prefix what the ids of all provider secrets start with; may be empty
 * @param layout how a secret is laid out
 * @param locations where new secrets are kept; empty for Google's own choice
 * @param oldVersions what becomes of a version that was replaced
 * @param connectTimeout how long a connection may take
 * @param requestTimeout how long an answer may take
 */
record GcpSettings(
        String component,
        String project,
        URI endpoint,
        Optional<Path> credentials,
        String prefix,
        Layout layout,
        List<String> locations,
        OldVersions oldVersions,
        Duration connectTimeout,
        Duration requestTimeout) {
    static final String PROJECT = "project";
    static final String ENDPOINT = "endpoint";
    static final String CREDENTIALS = "credentials-file";
    static final String PREFIX = "prefix";
    static final String LAYOUT = "layout";
    static final String LOCATION = "location";
    static final String OLD_VERSIONS = "old-versions";
    static final String CONNECT_TIMEOUT = "connect-timeout";
    static final String REQUEST_TIMEOUT = "request-timeout";

    private static final String GOOGLE = "https://secretmanager.googleapis.com";
    private static final long MAX_TIMEOUT_SECONDS = 3_600;

    /** How a secret is laid out. */
    enum Layout {
        /** One provider secret, a JSON object. */
        JSON,
        /** One provider secret for each key. */
        PER_KEY
    }

    /** What becomes of a version that was replaced. */
    enum OldVersions {
        /** It can be read on. */
        KEEP,
        /** It can be read again when somebody enables it. */
        DISABLE,
        /** Its value is gone. */
        DESTROY
    }

    /** Whether it speaks to this machine without encryption. */
    boolean isPlain() {
        return "http".equals(endpoint.getScheme());
    }

    /**
     * Reads the attributes; no file.
     *
     * @throws InvalidException if one is missing or senseless
     */
    static GcpSettings of(ComponentDefinition component, Map<String, String> environment) {
        return new Reader(component, environment).read();
    }

    private record Reader(ComponentDefinition component, Map<String, String> environment) {
        GcpSettings read() {
            return new GcpSettings(
                    component.name(),
                    project(),
                    endpoint(),
                    attribute(CREDENTIALS).map(this::path),
                    prefix(),
                    one(LAYOUT, Layout.values(), Layout.JSON),
                    locations(),
                    one(OLD_VERSIONS, OldVersions.values(), OldVersions.DISABLE),
                    seconds(CONNECT_TIMEOUT, 5),
                    seconds(REQUEST_TIMEOUT, 30));
        }

        private Optional<String> attribute(String name) {
            return Optional.ofNullable(component.attributes().get(name)).filter(text -> !text.isEmpty());
        }

        private String project() {
            String project = attribute(PROJECT)
                    .or(() -> Optional.ofNullable(environment.get("GOOGLE_CLOUD_PROJECT"))
                            .filter(text -> !text.isEmpty()))
                    .orElseThrow(
                            () -> invalid("has no project", "give it as --project=ID, or set GOOGLE_CLOUD_PROJECT"));
            if (!project.matches("[a-z0-9][a-z0-9.:-]{0,99}")) {
                throw invalid("has a project that is no id of one", "an id is like my-project-1");
            }
            return project;
        }

        private URI endpoint() {
            String text = attribute(ENDPOINT).orElse(GOOGLE);
            URI url;
            try {
                url = new URI(text.replaceAll("/+$", ""));
            } catch (URISyntaxException e) {
                throw invalid("has an endpoint that cannot be read", "it is like " + GOOGLE);
            }
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            String host = url.getHost();
            boolean bare = url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && (url.getRawPath() == null || url.getRawPath().isEmpty());
            if (host == null
                    || url.getPort() == 0
                    || url.getPort() > 65_535
                    || !bare
                    || !(scheme.equals("https") || scheme.equals("http"))) {
                throw invalid("has an endpoint that is none of a server", "it is like " + GOOGLE);
            }
            if (scheme.equals("http") && !isLoopback(host)) {
                throw invalid("would send secrets without encryption", "the endpoint has to start with https://");
            }
            return URI.create(scheme + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort()));
        }

        /** By its text alone: a name could be resolved to any place. */
        private static boolean isLoopback(String host) {
            return host.equalsIgnoreCase("localhost")
                    || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
                    || host.equals("[::1]");
        }

        private String prefix() {
            String prefix = attribute(PREFIX).orElse("");
            if (!prefix.matches("[A-Za-z0-9_-]{0,100}")) {
                throw invalid(
                        "has a prefix that Secret Manager cannot have",
                        "a prefix has at most 100 letters, digits, '-' and '_'");
            }
            return prefix;
        }

        private List<String> locations() {
            String text = attribute(LOCATION).orElse("automatic");
            if (text.equals("automatic")) {
                return List.of();
            }
            List<String> locations = List.of(text.split(",", -1));
            if (!locations.stream().allMatch(location -> location.matches("[a-z][a-z0-9-]{1,40}"))) {
                throw invalid("has a location that is none", "it is like europe-west3,europe-west4, or automatic");
            }
            return locations;
        }

        private <E extends Enum<E>> E one(String name, E[] all, E otherwise) {
            Optional<String> text = attribute(name);
            if (text.isEmpty()) {
                return otherwise;
            }
            StringBuilder known = new StringBuilder();
            for (E each : all) {
                String spelled = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
                if (spelled.equals(text.get())) {
                    return each;
                }
                known.append(known.isEmpty() ? "" : ", ").append(spelled);
            }
            throw invalid("has a value of " + name + " that there is not", "it is one of " + known);
        }

        private Duration seconds(String name, int otherwise) {
            try {
                long seconds = Long.parseLong(attribute(name).orElse(String.valueOf(otherwise)));
                if (seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS) {
                    return Duration.ofSeconds(seconds);
                }
            } catch (NumberFormatException e) {
                // As one that is out of range.
            }
            throw invalid("has a " + name + " that is no time", "it is a number of seconds, 1 to 3600");
        }

        private Path path(String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw invalid("has a " + CREDENTIALS + " that is no path", null);
            }
        }

        /** Quotes no attribute: any may be the value of a secret. */
        private InvalidException invalid(String what, @Nullable String hint) {
            return new InvalidException("the secrets manager " + component.name() + " " + what, component.name(), hint);
        }
    }

    /** The component. Never where its credentials are. */
    @Override
    public String toString() {
        return "GcpSettings(" + component + ")";
    }
}
