package dev.coffer.flavor.azure;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Endpoint;
import dev.coffer.flavor.http.EndpointAttributes;
import dev.coffer.flavor.http.TlsFiles;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretScope;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a component says about its key vault.
 *
 * @param endpoint the vault
 * @param login where tokens come from
 * @param prefix what the names of all its secrets in Key Vault start with; may be empty
 * @param restoreOnRegister whether registering takes the name of a deleted secret
 * @param patience how long a deletion or recovery may take at Azure after it was accepted
 * @param layout how secrets are kept
 */
record AzureSettings(
        Endpoint endpoint, Login login, String prefix, boolean restoreOnRegister, Duration patience, Layout layout) {
    static final String VAULT = "vault";
    static final String VAULT_URL = "vault-url";
    static final String TENANT_ID = "tenant-id";
    static final String CLIENT_ID = "client-id";
    static final String CLIENT_SECRET = "client-secret";
    static final String AUTHORITY_HOST = "authority-host";
    static final String CA_FILE = EndpointAttributes.CA_FILE;
    static final String PREFIX = "prefix";
    static final String LAYOUT = "layout";
    static final String RESTORE_ON_REGISTER = "restore-on-register";
    static final String COMPLETION_TIMEOUT = "completion-timeout";
    static final String CONNECT_TIMEOUT = EndpointAttributes.CONNECT_TIMEOUT;
    static final String REQUEST_TIMEOUT = EndpointAttributes.REQUEST_TIMEOUT;

    private static final String EXAMPLE = "https://my-vault.vault.azure.net";

    /** How secrets are kept. */
    enum Layout {
        /** One provider secret for each secret. */
        JSON,
        /** One provider secret for each key, as ZenML did: it is read alone. */
        PER_KEY
    }

    /**
     * Who logs in, as far as attributes say so.
     *
     * @param tenant the tenant
     * @param client the application, or the identity of the machine
     * @param secret of the application; without one, the usual places of Azure are looked into
     * @param authority the server that logs in, if it is not Azure's public one
     */
    record Login(Optional<String> tenant, Optional<String> client, Optional<String> secret, Optional<URI> authority) {
        /** None of it. */
        @Override
        public String toString() {
            return "Login(redacted)";
        }
    }

    String component() {
        return endpoint.component();
    }

    /** Where the secrets are. The vault's name is one of all of Azure: who logs in makes no other place of it. */
    String place() {
        return String.join("\n", endpoint.url().toString(), prefix, layout.name());
    }

    /** Whether it speaks to this machine without encryption. Nobody logs in then. */
    boolean isPlain() {
        return "http".equalsIgnoreCase(endpoint.url().getScheme());
    }

    /** Whether the vault is on this machine, where it has not the name of one of Azure. */
    boolean isLoopback() {
        return EndpointAttributes.isLoopback(endpoint.url().getHost());
    }

    /**
     * Reads the attributes; no file.
     *
     * @throws InvalidException if one is missing or senseless, or does not go with another
     */
    static AzureSettings of(ComponentDefinition component) {
        return new Reader(new EndpointAttributes(component, Map.of())).read();
    }

    private record Reader(EndpointAttributes given) {
        AzureSettings read() {
            URI url = vault();
            TlsFiles tls = new TlsFiles(
                    given.attribute(CA_FILE).map(path -> given.path(CA_FILE, path)),
                    Optional.empty(),
                    Optional.empty());
            Login login = login();
            if ("http".equalsIgnoreCase(url.getScheme())
                    && !login.equals(
                            new Login(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))) {
                throw given.invalid(
                        "has a login, and nobody logs in without encryption",
                        "the attribute " + VAULT_URL + " has to start with https://, or there is no login");
            }
            return new AzureSettings(
                    new Endpoint(
                            AzureClient.PROVIDER,
                            given.component().name(),
                            url,
                            tls,
                            given.seconds(CONNECT_TIMEOUT, 5),
                            given.seconds(REQUEST_TIMEOUT, 30)),
                    login,
                    prefix(),
                    flag(RESTORE_ON_REGISTER),
                    given.seconds(COMPLETION_TIMEOUT, 60),
                    layout());
        }

        private Layout layout() {
            String text = given.attribute(LAYOUT).orElse("json");
            if (text.equals("json")) {
                return Layout.JSON;
            }
            if (!text.equals("per-key")) {
                throw given.invalid(
                        "has a " + LAYOUT + " that cannot be",
                        "it is json, or per-key to read what ZenML kept like that");
            }
            if (given.attribute(PREFIX).isPresent()
                    || SecretScope.of(given.component()).kind() != SecretScope.Kind.NONE) {
                throw given.invalid(
                        "has a scope or a " + PREFIX + ", which what ZenML kept in the " + LAYOUT + " per-key has not",
                        "give it --scope=none, and no " + PREFIX);
            }
            return Layout.PER_KEY;
        }

        private URI vault() {
            Optional<String> name = given.attribute(VAULT);
            Optional<String> text = given.attribute(VAULT_URL);
            if (name.isPresent() == text.isPresent()) {
                throw given.invalid(
                        "does not say which key vault it is, or says it twice",
                        "give its name as --" + VAULT + "=NAME, or another server as --" + VAULT_URL + "=URL");
            }
            if (name.isPresent() && !name.get().matches("[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]")) {
                throw given.invalid(
                        "has a " + VAULT + " that is no name of a key vault",
                        "a name has 3 to 24 letters, digits and hyphens, as my-vault in " + EXAMPLE);
            }
            URI url = given.url(
                    text.orElseGet(() -> "https://" + name.orElseThrow().toLowerCase(Locale.ROOT) + ".vault.azure.net"),
                    EXAMPLE);
            if (!url.getPath().equals("/")) {
                throw given.invalid("has a " + VAULT_URL + " with a path", "a url is like " + EXAMPLE);
            }
            return url;
        }

        private Login login() {
            Login login = new Login(
                    given.attribute(TENANT_ID).map(text -> id(TENANT_ID, text)),
                    given.attribute(CLIENT_ID).map(text -> id(CLIENT_ID, text)),
                    given.attribute(CLIENT_SECRET).map(text -> given.inHeader(CLIENT_SECRET, text)),
                    given.attribute(AUTHORITY_HOST).map(this::authority));
            if (login.secret().isPresent()
                    && (login.tenant().isEmpty() || login.client().isEmpty())) {
                throw given.invalid(
                        "has a " + CLIENT_SECRET + " without a " + TENANT_ID + " and a " + CLIENT_ID,
                        "give all three, or none for the usual places of Azure");
            }
            return login;
        }

        private String id(String name, String text) {
            String stripped = text.strip();
            if (!stripped.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,127}")) {
                throw given.invalid(
                        "has a " + name + " that is none", "one is like 00000000-0000-0000-0000-000000000000");
            }
            return stripped;
        }

        private URI authority(String text) {
            URI url = given.url(text, "https://login.microsoftonline.us");
            if (!"https".equalsIgnoreCase(url.getScheme()) || !url.getPath().equals("/")) {
                throw given.invalid(
                        "has an " + AUTHORITY_HOST + " that logs nobody in",
                        "one is like https://login.microsoftonline.us");
            }
            return url;
        }

        private String prefix() {
            String prefix = given.attribute(PREFIX).orElse("");
            if (!prefix.matches("[a-z0-9-]{0,60}")) {
                throw given.invalid(
                        "has a " + PREFIX + " that Key Vault cannot have",
                        "a prefix has at most 60 small letters, digits and hyphens");
            }
            if (prefix.startsWith(AzureNames.ROOT) || (!prefix.isEmpty() && AzureNames.ROOT.startsWith(prefix))) {
                throw given.invalid(
                        "has a " + PREFIX + " under which coffer keeps the secrets of other scopes",
                        "choose one that does not start like " + AzureNames.ROOT);
            }
            return prefix;
        }

        private boolean flag(String name) {
            String text = given.attribute(name).orElse("false");
            if (!text.equals("true") && !text.equals("false")) {
                throw given.invalid("has a " + name + " that cannot be", "it is true or false");
            }
            return text.equals("true");
        }
    }

    /** The component. Never a credential. */
    @Override
    public String toString() {
        return "AzureSettings(" + component() + ")";
    }
}
