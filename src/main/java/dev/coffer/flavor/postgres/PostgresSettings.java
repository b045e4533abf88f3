package dev.coffer.flavor.postgres;

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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a component says about its server and its target.
 *
 * @param component the component's name, for errors
 * @param host a name or address; an IPv6 address in brackets
 * @param port of the server
 * @param database in the server
 * @param schema in the database, of that grammar: no quotes, no upper case
 * @param user the role
 * @param password the role's; absent if the driver looks for it in a password file
 * @param tls files of certificates
 * @param passphrase opens a key slot
 * @param keyFile opens a key slot
 * @param hideNames whether names are sealed; absent if whatever the target has will do
 * @param connectTimeout how long a connection may take
 * @param requestTimeout how long an attempt at an operation may take
 */
record PostgresSettings(
        String component,
        String host,
        int port,
        String database,
        String schema,
        Optional<String> user,
        Optional<String> password,
        Tls tls,
        Optional<String> passphrase,
        Optional<Path> keyFile,
        Optional<Boolean> hideNames,
        Duration connectTimeout,
        Duration requestTimeout) {
    static final String URL = "url";
    static final String USER = "user";
    static final String PASSWORD = "password";
    static final String SCHEMA = "schema";
    static final String PASSPHRASE = "passphrase";
    static final String KEY_FILE = "key-file";
    static final String HIDE_NAMES = "hide-names";
    static final String CA_FILE = "ca-file";
    static final String CLIENT_CERT_FILE = "client-cert-file";
    static final String CLIENT_KEY_FILE = "client-key-file";
    static final String CONNECT_TIMEOUT = "connect-timeout";
    static final String REQUEST_TIMEOUT = "request-timeout";

    private static final int PORT = 5432;
    private static final int MAX_PORT = 65_535;
    private static final long MAX_TIMEOUT_SECONDS = 3_600;
    private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Pattern LOOPBACK =
            Pattern.compile("(?i)localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]");
    private static final String LIKE = "a url is like postgresql://db.example.org:5432/secrets";

    /**
     * Files of certificates, PEM.
     *
     * @param authorities whom to trust
     * @param certificate the client's own chain
     * @param key its private key
     */
    record Tls(Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {}

    /** By its text alone: a name could be resolved to any place. */
    boolean isLoopback() {
        return LOOPBACK.matcher(host).matches();
    }

    /**
     * Reads the attributes; no file.
     *
     * @throws InvalidException if one is missing or senseless
     */
    static PostgresSettings of(ComponentDefinition component, Map<String, String> environment) {
        return new Reader(component, environment).read();
    }

    private record Reader(ComponentDefinition component, Map<String, String> environment) {
        PostgresSettings read() {
            URI url = url();
            Optional<String> passphrase = secret(PASSPHRASE);
            Optional<Path> keyFile = attribute(KEY_FILE).map(path -> path(KEY_FILE, path));
            if (passphrase.isEmpty() && keyFile.isEmpty()) {
                throw invalid(
                        "has neither a " + PASSPHRASE + " nor a " + KEY_FILE,
                        "the secrets are encrypted before they are sent: give --" + PASSPHRASE
                                + "='{{SECRET.KEY}}' or --" + KEY_FILE + "=FILE");
            }
            String schema = attribute(SCHEMA).orElse("coffer");
            if (!SCHEMA_NAME.matcher(schema).matches() || schema.startsWith("pg_")) {
                throw invalid(
                        "has a " + SCHEMA + " that is none",
                        "it has 1 to 63 small letters, digits and '_', and starts with neither a digit nor pg_");
            }
            return new PostgresSettings(
                    component.name(),
                    url.getHost(),
                    url.getPort() < 0 ? PORT : url.getPort(),
                    url.getPath().substring(1),
                    schema,
                    attribute(USER).or(() -> variable("PGUSER")),
                    secret(PASSWORD).or(() -> variable("PGPASSWORD")),
                    tls(),
                    passphrase,
                    keyFile,
                    hideNames(),
                    seconds(CONNECT_TIMEOUT, 5),
                    seconds(REQUEST_TIMEOUT, 30));
        }

        private Optional<String> attribute(String name) {
            return Optional.ofNullable(component.attributes().get(name)).filter(text -> !text.isEmpty());
        }

        /** Without the end of the line that a file brings: whoever types it later does not type that. */
        private Optional<String> secret(String name) {
            return attribute(name)
                    .map(text -> text.endsWith("\n") ? text.substring(0, text.length() - 1) : text)
                    .map(text -> text.endsWith("\r") ? text.substring(0, text.length() - 1) : text)
                    .filter(text -> !text.isEmpty());
        }

        private Optional<String> variable(String name) {
            return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
        }

        private URI url() {
            String text = attribute(URL).orElseThrow(() -> invalid("has no url", LIKE));
            URI url;
            try {
                url = new URI(text);
            } catch (URISyntaxException e) {
                throw invalid("has a url that cannot be read", LIKE);
            }
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            if (!scheme.equals("postgresql") && !scheme.equals("postgres")) {
                throw invalid("has a url that is none of a PostgreSQL server", LIKE);
            }
            if (url.getRawUserInfo() != null) {
                throw invalid(
                        "has a url with a user in it",
                        "give the user as --" + USER + " and the password as --" + PASSWORD + "='{{SECRET.KEY}}'");
            }
            if (url.getRawQuery() != null || url.getRawFragment() != null) {
                throw invalid("has a url with options in it", "options are attributes of the component");
            }
            String path = url.getPath() == null ? "" : url.getPath();
            if (url.getHost() == null || path.length() < 2 || path.indexOf('/', 1) >= 0 || path.indexOf('\0') >= 0) {
                throw invalid("has a url without one host and one database", LIKE);
            }
            if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
                throw invalid("has a url with a port that there is not", LIKE);
            }
            return url;
        }

        private Tls tls() {
            Tls tls = new Tls(
                    attribute(CA_FILE).map(path -> path(CA_FILE, path)),
                    attribute(CLIENT_CERT_FILE).map(path -> path(CLIENT_CERT_FILE, path)),
                    attribute(CLIENT_KEY_FILE).map(path -> path(CLIENT_KEY_FILE, path)));
            if (tls.certificate().isPresent() != tls.key().isPresent()) {
                throw invalid("has one of " + CLIENT_CERT_FILE + " and " + CLIENT_KEY_FILE, "give both or neither");
            }
            if (tls.certificate().isPresent() && tls.authorities().isEmpty()) {
                throw invalid(
                        "has a " + CLIENT_CERT_FILE + " but no " + CA_FILE,
                        "name the certificates that the server's is signed with");
            }
            return tls;
        }

        private Optional<Boolean> hideNames() {
            return attribute(HIDE_NAMES).map(text -> switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw invalid("has a " + HIDE_NAMES + " that is neither true nor false", null);
            });
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

        private Path path(String name, String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw invalid("has a " + name + " that is no path", null);
            }
        }

        /** Quotes no attribute: any may be the value of a secret. */
        private InvalidException invalid(String what, @Nullable String hint) {
            return new InvalidException("the secrets manager " + component.name() + " " + what, component.name(), hint);
        }
    }

    /** The component. Never a credential. */
    @Override
    public String toString() {
        return "PostgresSettings(" + component + ")";
    }
}
