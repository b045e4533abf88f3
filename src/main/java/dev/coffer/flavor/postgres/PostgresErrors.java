package dev.coffer.flavor.postgres;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RemoteException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What the driver reports, as errors for people. The server's own words are never repeated and the driver's exceptions
 * never kept as causes: both may quote what was sent.
 */
final class PostgresErrors {
    private static final Set<String> SERVER_LEAVES = Set.of("57P01", "57P02", "57P03", "57P05", "25P03", "53300");
    private static final String REFERRED_TO = "23503";
    private static final Set<String> NOT_DONE = Set.of("40001", "40P01", REFERRED_TO);

    private final PostgresSettings settings;

    PostgresErrors(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Whether the connection is gone, or none can be had now. */
    static boolean isLost(SQLException e) {
        String state = e.getSQLState();
        return !isHopeless(e)
                && (state == null
                        || (state.startsWith("08") && !state.equals("08004"))
                        || state.equals("40003") // completion unknown: a distributed engine's way to lose an answer
                        || SERVER_LEAVES.contains(state));
    }

    /**
     * Whether the server undid the transaction because of others, and asks to do it again. What a row refers to is gone if
     * others purged the secret, or rotated the keys.
     */
    static boolean isUndone(SQLException e) {
        return NOT_DONE.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether something cannot be deleted, because a row refers to it. */
    static boolean isReferredTo(SQLException e) {
        return REFERRED_TO.equals(e.getSQLState());
    }

    /** Whether there are no such tables. */
    static boolean isNoTable(SQLException e) {
        return Set.of("42P01", "3F000").contains(String.valueOf(e.getSQLState()));
    }

    /** What another attempt does not change: an unknown host, a certificate that is not trusted. */
    private static boolean isHopeless(SQLException e) {
        return has(e, UnknownHostException.class) || isUntrusted(e);
    }

    /** A failed handshake. Any other failure of TLS can come after a COMMIT was read. */
    private static boolean isUntrusted(SQLException e) {
        return (has(e, SSLHandshakeException.class) || has(e, SSLPeerUnverifiedException.class))
                && !has(e, SocketException.class);
    }

    private static boolean has(SQLException e, Class<? extends IOException> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The error for people.
     *
     * @param needs the right that the statement needs, as GRANT writes it; empty for making the tables
     */
    RemoteException translate(String operation, SQLException e, String needs) {
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            case "28P01", "28000" ->
                failed(
                        operation,
                        "the server refused the login (SQLSTATE " + state + ")",
                        "check the attributes user and password, PGPASSWORD or ~/.pgpass, and the server's pg_hba.conf");
            case "08004" ->
                failed(
                        operation,
                        "the server has no TLS, or wants a password and there is none",
                        "check the server's ssl, and the attributes user and password, PGPASSWORD or ~/.pgpass");
            case "3D000" -> failed(operation, "there is no such database", "check the database in the attribute url");
            case "42501" -> denied(operation, needs);
            case "25006" ->
                failed(
                        operation,
                        "the server takes no writes here: it is a replica, or the role's transactions are read-only",
                        "name the primary server in the attribute url, or use a role that may write");
            case "42P01", "3F000" ->
                failed(
                        operation,
                        "the tables are not in the schema " + settings.schema(),
                        "check the attributes url and schema");
            case "53300" -> failed(operation, "the server has no connection left", "try again later");
            case "53100", "53200", "54000" ->
                failed(operation, "the server is out of space or memory (SQLSTATE " + state + ")", null);
            case "40001", "40P01", REFERRED_TO ->
                failed(operation, "other writers were in the way each time", "try again; nothing was written");
            default -> isLost(e) || isHopeless(e) ? unreachable(operation, e) : unexpected(operation, state);
        };
    }

    private RemoteException unexpected(String operation, String state) {
        boolean sound = state.matches("[0-9A-Z]{5}");
        return failed(
                operation,
                "the server or the driver failed" + (sound ? " with SQLSTATE " + state : ""),
                "the server's log says more");
    }

    /** Where a right is missing. */
    RemoteException denied(String operation, String needs) {
        if (needs.isEmpty()) {
            return failed(
                    operation,
                    "the role may not make the tables",
                    "an administrator makes the schema for it: CREATE SCHEMA " + settings.schema()
                            + " AUTHORIZATION ROLE; or allows it to: GRANT CREATE ON DATABASE "
                            + "DATABASE TO ROLE; or, if the schema is there, GRANT CREATE ON SCHEMA "
                            + settings.schema() + " TO ROLE");
        }
        return failed(
                operation,
                "the role lacks the right to " + needs,
                "GRANT USAGE ON SCHEMA " + settings.schema() + " TO ROLE; GRANT " + needs + " TO ROLE");
    }

    /** Where a target cannot be made, because something else is there. */
    InvalidException foreignTables() {
        return new InvalidException(
                "the schema " + settings.schema() + " of the secrets manager " + settings.component()
                        + " is in use by something else than coffer, and nothing was written to it",
                settings.component(),
                "name a schema for coffer alone in the attribute schema, for instance: coffer secrets-manager update "
                        + settings.component() + " --schema=coffer");
    }

    private RemoteException unreachable(String operation, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (has(e, UnknownHostException.class)) {
            return failed(operation, "the host is not known", "check the attribute url");
        }
        if (isUntrusted(e)) {
            return failed(
                    operation,
                    "the server's certificate is not trusted, or not for this host",
                    "name the certificates to trust in the attribute ca-file");
        }
        if (has(e, ConnectException.class) || has(e, NoRouteToHostException.class)) {
            return failed(
                    operation, "no connection could be made", "check the attribute url, and that the server runs");
        }
        if (state.equals("57P03")) {
            return failed(operation, "the server is starting or stopping", "try again");
        }
        return failed(
                operation,
                "the connection broke off or no answer came in time",
                "check the connection, or set the attributes connect-timeout and request-timeout");
    }

    /** An error of an operation. */
    RemoteException failed(String operation, String what, @Nullable String hint) {
        return new RemoteException(
                "PostgreSQL (" + settings.component() + "): could not " + operation + ": " + what,
                settings.component(),
                hint);
    }

    /** The error of a write of which nobody knows whether it was done. */
    RemoteException unknown(String operation, RemoteException last) {
        return new RemoteException(
                last.getMessage() + "; it is not known whether it was done before",
                settings.component(),
                "look at the secret before you repeat it");
    }
}
