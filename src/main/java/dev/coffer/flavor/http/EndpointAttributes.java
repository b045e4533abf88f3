package dev.coffer.flavor.http;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.AttributeDeclaration.Kind;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a component says about its server. No error quotes an attribute: any may be the value of a secret.
 *
 * @param component whose attributes
 * @param environment the variables that stand in for some of them
 */
public record EndpointAttributes(ComponentDefinition component, Map<String, String> environment) {
    /** The server. */
    public static final String URL = "url";

    /** Seconds to wait for a connection. */
    public static final String CONNECT_TIMEOUT = "connect-timeout";

    /** Seconds to wait for an answer. */
    public static final String REQUEST_TIMEOUT = "request-timeout";

    /** Certificates to trust. */
    public static final String CA_FILE = "ca-file";

    private static final long MAX_TIMEOUT_SECONDS = 3_600;

    /** An attribute of text. */
    public static AttributeDeclaration text(String name, @Nullable String value, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.ofNullable(value), what, false);
    }

    /** An attribute that is a number. */
    public static AttributeDeclaration number(String name, String value, String what) {
        return new AttributeDeclaration(name, Kind.NUMBER, false, Optional.of(value), what, false);
    }

    /** An attribute that belongs into a secret. */
    public static AttributeDeclaration sensitive(String name, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.empty(), what, true);
    }

    /** What the attribute says; empty if nothing. */
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(component.attributes().get(name)).filter(text -> !text.isEmpty());
    }

    /** What the environment says; empty if nothing. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    /**
     * A server, with a slash at its end.
     *
     * @param text what was given
     * @param example how it is written
     * @throws InvalidException if it is no server's, or would send secrets without encryption beyond this machine
     */
    public URI url(String text, String example) {
        URI url;
        try {
            url = new URI(text.endsWith("/") ? text : text + "/");
        } catch (URISyntaxException e) {
            throw invalid("has a url that cannot be read", "a url is like " + example);
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
            throw invalid("has a url that is none of a server", "a url is like " + example);
        }
        if (scheme.equals("http") && !isLoopback(host)) {
            throw invalid("would send secrets without encryption", "the url has to start with https://");
        }
        return url;
    }

    /** By its text alone: a name could be resolved to any place. */
    public static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
                || host.equals("[::1]");
    }

    /**
     * A time-out.
     *
     * @param otherwise seconds, if nothing is said
     */
    public Duration seconds(String name, int otherwise) {
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

    /** A file. */
    public Path path(String name, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw invalid("has a " + name + " that is no path", null);
        }
    }

    /** Without the end of line that a file brings along; the HTTP client quotes what it cannot send. */
    public String inHeader(String name, String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || !Exchange.isHeader(stripped)) {
            throw invalid("has a " + name + " with characters that none has", "check it for spaces and line breaks");
        }
        return stripped;
    }

    /** The error of an attribute. */
    public InvalidException invalid(String what, @Nullable String hint) {
        return new InvalidException("the secrets manager " + component.name() + " " + what, component.name(), hint);
    }

    /** The component. Never an attribute. */
    @Override
    public String toString() {
        return "EndpointAttributes(" + component.name() + ")";
    }
}
