package dev.coffer.flavor.vault;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Endpoint;
import dev.coffer.flavor.http.EndpointAttributes;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.flavor.http.TlsFiles;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a component says about its server.
 *
 * @param endpoint the server
 * @param mount where the engine is mounted, without slashes around
 * @param kvVersion 1 or 2
 * @param namespace the server's namespace
 * @param login how to get a token
 */
record VaultSettings(Endpoint endpoint, String mount, int kvVersion, Optional<String> namespace, VaultLogin login) {
    static final String PROVIDER = "Vault";
    static final String URL = EndpointAttributes.URL;
    static final String MOUNT = "mount-point";
    static final String KV_VERSION = "kv-version";
    static final String NAMESPACE = "vault-namespace";
    static final String AUTH = "auth";
    static final String AUTH_MOUNT = "auth-mount";
    static final String TOKEN = "token";
    static final String TOKEN_FILE = "token-file";
    static final String ROLE_ID = "role-id";
    static final String SECRET_ID = "secret-id";
    static final String ROLE = "role";
    static final String JWT_FILE = "jwt-file";
    static final String USERNAME = "username";
    static final String PASSWORD = "password";
    static final String CA_FILE = EndpointAttributes.CA_FILE;
    static final String CLIENT_CERT_FILE = "client-cert-file";
    static final String CLIENT_KEY_FILE = "client-key-file";
    static final String CONNECT_TIMEOUT = EndpointAttributes.CONNECT_TIMEOUT;
    static final String REQUEST_TIMEOUT = EndpointAttributes.REQUEST_TIMEOUT;

    private static final Path JWT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    /** Which of the attributes above each way to log in uses. */
    private static final Map<String, Set<String>> OF_AUTH = Map.of(
            "token", Set.of(TOKEN, TOKEN_FILE),
            "approle", Set.of(AUTH_MOUNT, ROLE_ID, SECRET_ID),
            "kubernetes", Set.of(AUTH_MOUNT, ROLE, JWT_FILE),
            "userpass", Set.of(AUTH_MOUNT, USERNAME, PASSWORD));

    /** The component's name, for errors. */
    String component() {
        return endpoint.component();
    }

    /**
     * Reads the attributes; no file.
     *
     * @throws InvalidException if one is missing, senseless, or not used by the way to log in
     */
    static VaultSettings of(ComponentDefinition component, Map<String, String> environment, Path userHome) {
        return new Reader(new EndpointAttributes(component, environment), userHome).read();
    }

    private record Reader(EndpointAttributes given, Path userHome) {
        VaultSettings read() {
            TlsFiles tls = new TlsFiles(
                    attribute(CA_FILE)
                            .or(() -> variable("VAULT_CACERT"))
                            .or(() -> variable("BAO_CACERT"))
                            .map(path -> given.path(CA_FILE, path)),
                    attribute(CLIENT_CERT_FILE).map(path -> given.path(CLIENT_CERT_FILE, path)),
                    attribute(CLIENT_KEY_FILE).map(path -> given.path(CLIENT_KEY_FILE, path)));
            if (tls.certificate().isPresent() != tls.key().isPresent()) {
                throw invalid("has one of " + CLIENT_CERT_FILE + " and " + CLIENT_KEY_FILE, "give both or neither");
            }
            return new VaultSettings(
                    new Endpoint(
                            PROVIDER,
                            given.component().name(),
                            url(),
                            tls,
                            given.seconds(CONNECT_TIMEOUT, 5),
                            given.seconds(REQUEST_TIMEOUT, 30)),
                    mount(MOUNT, attribute(MOUNT).orElse("secret")),
                    kvVersion(),
                    attribute(NAMESPACE)
                            .or(() -> variable("VAULT_NAMESPACE"))
                            .or(() -> variable("BAO_NAMESPACE"))
                            .map(text -> given.inHeader(NAMESPACE, text).replaceAll("^/+|/+$", ""))
                            .filter(text -> !text.isEmpty()),
                    login());
        }

        private Optional<String> attribute(String name) {
            return given.attribute(name);
        }

        private Optional<String> variable(String name) {
            return given.variable(name);
        }

        private URI url() {
            String text = attribute(URL)
                    .or(() -> variable("VAULT_ADDR"))
                    .or(() -> variable("BAO_ADDR"))
                    .orElseThrow(() -> invalid("has no url", "give it as --url=https://HOST:8200, or set VAULT_ADDR"));
            return given.url(text, "https://vault.example.org:8200");
        }

        private String mount(String attribute, String text) {
            String mount = text.replaceAll("^/+|/+$", "");
            boolean sound = !mount.isEmpty();
            for (String segment : mount.split("/", -1)) {
                sound &= !segment.isEmpty() && !segment.equals(".") && !segment.equals("..");
            }
            if (!sound || !mount.chars().allMatch(c -> c > ' ' && c != 0x7F)) {
                throw invalid("has a " + attribute + " that is no path", "a mount point is like secret or team/kv");
            }
            return mount;
        }

        private int kvVersion() {
            String text = attribute(KV_VERSION).orElse("2");
            if (!text.equals("1") && !text.equals("2")) {
                throw invalid("has a " + KV_VERSION + " that there is not", "it is 1 or 2");
            }
            return Integer.parseInt(text);
        }

        private VaultLogin login() {
            String auth = attribute(AUTH).orElse("token");
            Set<String> used = OF_AUTH.get(auth);
            if (used == null) {
                throw invalid("has a way to log in that there is not", "the ways are " + ways());
            }
            for (Set<String> attributes : OF_AUTH.values()) {
                for (String name : attributes) {
                    if (!used.contains(name) && attribute(name).isPresent()) {
                        throw invalid("has a " + name + ", which the login by " + auth + " does not use", "remove it");
                    }
                }
            }
            String mount =
                    Exchange.encode(mount(AUTH_MOUNT, attribute(AUTH_MOUNT).orElse(auth)));
            return switch (auth) {
                case "approle" -> {
                    Map<String, String> body = new HashMap<>(Map.of("role_id", required(auth, ROLE_ID)));
                    attribute(SECRET_ID).ifPresent(id -> body.put("secret_id", id));
                    yield new VaultLogin.ByRequest("auth/" + mount + "/login", body, Optional.empty());
                }
                case "kubernetes" ->
                    new VaultLogin.ByRequest(
                            "auth/" + mount + "/login",
                            Map.of("role", required(auth, ROLE)),
                            Optional.of(attribute(JWT_FILE)
                                    .map(path -> given.path(JWT_FILE, path))
                                    .orElse(JWT)));
                case "userpass" ->
                    new VaultLogin.ByRequest(
                            "auth/" + mount + "/login/" + Exchange.encode(username(auth)),
                            Map.of("password", required(auth, PASSWORD)),
                            Optional.empty());
                default -> byToken();
            };
        }

        private VaultLogin byToken() {
            Optional<String> token = attribute(TOKEN);
            Optional<Path> file = attribute(TOKEN_FILE).map(path -> given.path(TOKEN_FILE, path));
            if (token.isPresent() && file.isPresent()) {
                throw invalid("has a " + TOKEN + " and a " + TOKEN_FILE, "remove one of them");
            }
            if (file.isPresent()) {
                return new VaultLogin.ByFile(file.get());
            }
            return token.or(() -> variable("VAULT_TOKEN"))
                    .or(() -> variable("BAO_TOKEN"))
                    .map(text -> given.inHeader(TOKEN, text))
                    .<VaultLogin>map(VaultLogin.ByToken::new)
                    .orElseGet(() -> new VaultLogin.ByFile(userHome.resolve(".vault-token")));
        }

        /** A part of a path, and no more than one. */
        private String username(String auth) {
            String name = required(auth, USERNAME);
            if (name.contains("/") || name.equals(".") || name.equals("..")) {
                throw invalid("has a " + USERNAME + " that Vault cannot have", "a user name has no slash");
            }
            return name;
        }

        private String required(String auth, String name) {
            return attribute(name)
                    .orElseThrow(() -> invalid(
                            "has no " + name + ", which the login by " + auth + " needs",
                            "give it as --" + name + "=…"));
        }

        private static String ways() {
            return String.join(", ", List.copyOf(new TreeSet<>(OF_AUTH.keySet())));
        }

        private InvalidException invalid(String what, @Nullable String hint) {
            return given.invalid(what, hint);
        }
    }

    /** The server and the component. Never a credential. */
    @Override
    public String toString() {
        return "VaultSettings(" + component() + ")";
    }
}
