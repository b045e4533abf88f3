package dev.coffer.flavor.http;

import java.net.URI;
import java.time.Duration;

/**
 * A server, as a component names it.
 *
 * @param provider whose server it is, for errors
 * @param component the component's name, for errors
 * @param url scheme, host, port and path, with a slash at the end
 * @param tls files of certificates
 * @param connectTimeout how long a connection may take
 * @param requestTimeout how long an answer may take
 */
public record Endpoint(
        String provider, String component, URI url, TlsFiles tls, Duration connectTimeout, Duration requestTimeout) {
    /** The server and the component. Never a credential. */
    @Override
    public String toString() {
        return "Endpoint(" + provider + ", " + component + ")";
    }
}
