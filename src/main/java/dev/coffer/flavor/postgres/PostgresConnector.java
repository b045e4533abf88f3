package dev.coffer.flavor.postgres;

import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections. TLS with the server's name checked is required of every server but those on loopback, and there too
 * if certificates to trust are named.
 */
final class PostgresConnector {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    // Kept, for else its level would be forgotten: the driver logs what it also throws.
    private static final Logger DRIVER_LOG = Logger.getLogger("org.postgresql");

    static {
        DRIVER_LOG.setLevel(Level.OFF);
    }

    private final PostgresSettings settings;

    PostgresConnector(PostgresSettings settings) {
        this.settings = settings;
    }

    /**
     * Connects and logs in.
     *
     * @throws StoreFileException if a file of certificates cannot be read
     */
    Connection connect() throws SQLException {
        Stream.of(
                        settings.tls().authorities(),
                        settings.tls().certificate(),
                        settings.tls().key())
                .flatMap(Optional::stream)
                .filter(file -> !Files.isReadable(file))
                .findFirst()
                .ifPresent(file -> {
                    throw unreadable(file, null);
                });
        try {
            Connection connection = driver().connect(url(), properties());
            if (connection == null) {
                throw new IllegalStateException("the driver does not know its own url");
            }
            return connection;
        } catch (SQLException e) {
            // The driver's way to say that the certificate names another host: the only one of this state with no
            // cause.
            if (isVerified() && "08006".equals(e.getSQLState()) && e.getCause() == null) {
                e.initCause(new SSLPeerUnverifiedException("another host"));
            }
            throw e;
        }
    }

    /** By its name: DriverManager would load every driver on the class path, and whoever keeps no secrets here needs none. */
    private static Driver driver() {
        try {
            return Class.forName("org.postgresql.Driver")
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedByFlavorException(
                    "the driver of PostgreSQL is not on the class path",
                    "postgres",
                    "install the full distribution of coffer; a library user adds org.postgresql:postgresql and"
                            + " org.flywaydb:flyway-database-postgresql",
                    e);
        }
    }

    private boolean isVerified() {
        return !settings.isLoopback() || settings.tls().authorities().isPresent();
    }

    private String url() {
        return "jdbc:postgresql://" + settings.host() + ":" + settings.port() + "/"
                + URLEncoder.encode(settings.database(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Properties properties() {
        Properties properties = new Properties();
        settings.user().ifPresent(user -> properties.setProperty("user", user));
        settings.password().ifPresent(password -> properties.setProperty("password", password));
        String connectSeconds = String.valueOf(settings.connectTimeout().toSeconds());
        properties.setProperty("loginTimeout", connectSeconds);
        properties.setProperty("connectTimeout", connectSeconds);
        properties.setProperty(
                "socketTimeout", String.valueOf(settings.requestTimeout().toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "coffer");
        properties.setProperty("assumeMinServerVersion", "10"); // the name goes with the login, not after it
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("logServerErrorDetail", "false"); // details quote rows
        properties.setProperty("maxResultBuffer", "50p"); // of the memory: an answer without end is an error
        if (!isVerified()) {
            properties.setProperty("sslmode", "prefer");
        } else {
            properties.setProperty("sslmode", "verify-full");
            settings.tls()
                    .authorities()
                    .ifPresentOrElse(
                            file -> properties.setProperty("sslrootcert", file.toString()),
                            () -> properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory"));
        }
        settings.tls().certificate().ifPresent(file -> properties.setProperty("sslcert", file.toString()));
        settings.tls().key().ifPresent(file -> {
            properties.setProperty("sslkey", file.toString());
            properties.setProperty("pemKeyAlgorithm", algorithm(file));
        });
        return properties;
    }

    /** The driver takes every key for one of RSA unless it is told otherwise. */
    private static String algorithm(Path file) {
        byte[] der = {};
        try {
            Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (pem.find()) {
                der = Base64.getMimeDecoder().decode(pem.group(1));
            }
            for (String algorithm : new String[] {"EC", "Ed25519"}) {
                try {
                    KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
                    return algorithm;
                } catch (GeneralSecurityException e) {
                    // A key of another algorithm, or none.
                }
            }
        } catch (IllegalArgumentException e) {
            return "RSA"; // no base64, and no key: the driver says so
        } catch (IOException e) {
            throw unreadable(file, e);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
        return "RSA";
    }

    private static StoreFileException unreadable(Path file, @Nullable IOException e) {
        return new StoreFileException(
                "the file " + file + " cannot be read", file.toString(), "check the path and its permissions", e);
    }
}
