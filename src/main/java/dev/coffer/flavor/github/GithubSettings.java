package dev.coffer.flavor.github;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Endpoint;
import dev.coffer.flavor.http.EndpointAttributes;
import dev.coffer.flavor.http.TlsFiles;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a component says about its secrets at GitHub.
 *
 * @param endpoint the API
 * @param place whose secrets they are
 * @param visibility which repositories see a new secret of an organization
 * @param token may be missing where nothing is sent
 * @param prefix with which the names of coffer's secrets begin
 * @param inActions whether this is a job of GitHub Actions, where values come from the environment
 */
record GithubSettings(
        Endpoint endpoint,
        GithubPlace place,
        Visibility visibility,
        Optional<String> token,
        String prefix,
        boolean inActions) {
    static final String OWNER = "owner";
    static final String REPOSITORY = "repository";
    static final String ENVIRONMENT = "environment";
    static final String ORGANIZATION = "organization";
    static final String VISIBILITY = "visibility";
    static final String TOKEN = "token";
    static final String PREFIX = "prefix";
    static final String GITHUB_COM = "https://api.github.com";
    static final String DEFAULT_PREFIX = "COFFER";

    /**
     * Reads the attributes; no file.
     *
     * @throws InvalidException if one is missing or senseless, or does not go with another
     */
    static GithubSettings of(ComponentDefinition component, Map<String, String> environment) {
        return new Reader(new EndpointAttributes(component, environment)).read();
    }

    private record Reader(EndpointAttributes given) {
        GithubSettings read() {
            URI url = given.url(
                    given.attribute(EndpointAttributes.URL).orElse(GITHUB_COM), "https://github.example.org/api/v3");
            TlsFiles tls = new TlsFiles(
                    given.attribute(EndpointAttributes.CA_FILE)
                            .map(path -> given.path(EndpointAttributes.CA_FILE, path)),
                    Optional.empty(),
                    Optional.empty());
            return new GithubSettings(
                    new Endpoint(
                            "GitHub",
                            given.component().name(),
                            url,
                            tls,
                            given.seconds(EndpointAttributes.CONNECT_TIMEOUT, 5),
                            given.seconds(EndpointAttributes.REQUEST_TIMEOUT, 30)),
                    place(),
                    visibility(),
                    token(url),
                    prefix(),
                    given.variable("GITHUB_ACTIONS").equals(Optional.of("true")));
        }

        private GithubPlace place() {
            Optional<String> owner = given.attribute(OWNER);
            Optional<String> repository = given.attribute(REPOSITORY);
            Optional<String> environment = given.attribute(ENVIRONMENT);
            Optional<String> organization = given.attribute(ORGANIZATION);
            if (organization.isPresent()) {
                if (owner.isPresent() || repository.isPresent() || environment.isPresent()) {
                    throw invalid(
                            "has an organization beside an owner, a repository or an environment",
                            "the secrets of an organization need --organization alone");
                }
                return new GithubPlace.Organization(part(ORGANIZATION, organization.get()));
            }
            if (owner.isEmpty() || repository.isEmpty()) {
                throw invalid(
                        "does not say whose secrets it keeps",
                        "give --owner and --repository, perhaps with --environment, or --organization");
            }
            GithubPlace.Repository of =
                    new GithubPlace.Repository(part(OWNER, owner.get()), part(REPOSITORY, repository.get()));
            return environment.isPresent() ? new GithubPlace.Environment(of, environment(environment.get())) : of;
        }

        private String part(String attribute, String text) {
            if (!text.matches("[A-Za-z0-9._-]{1,100}") || isDots(text)) {
                throw invalid(
                        "has a name in " + attribute + " that GitHub does not give",
                        "it is one part of the address, as in https://github.com/OWNER/REPOSITORY");
            }
            return text;
        }

        private String environment(String text) {
            if (isDots(text) || text.length() > 255 || text.chars().anyMatch(Character::isISOControl)) {
                throw invalid("has a name in " + ENVIRONMENT + " that GitHub does not give", null);
            }
            return text;
        }

        private static boolean isDots(String text) {
            return text.equals(".") || text.equals("..");
        }

        private Visibility visibility() {
            Optional<String> text = given.attribute(VISIBILITY);
            if (text.isPresent() && given.attribute(ORGANIZATION).isEmpty()) {
                throw invalid("has a visibility, which only the secrets of an organization have", "remove it");
            }
            return Visibility.of(text.orElse(Visibility.PRIVATE.text()))
                    .orElseThrow(() -> invalid("has a visibility that there is not", "it is all, private or selected"));
        }

        /** The variables of another host's token are others, so that none is sent to a host that it is not for. */
        private Optional<String> token(URI url) {
            boolean own = url.getHost().equalsIgnoreCase("api.github.com");
            return given.attribute(TOKEN)
                    .or(() -> given.variable(own ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN"))
                    .or(() -> given.variable(own ? "GITHUB_TOKEN" : "GITHUB_ENTERPRISE_TOKEN"))
                    .map(text -> given.inHeader(TOKEN, text));
        }

        private String prefix() {
            String prefix = given.attribute(PREFIX).orElse(DEFAULT_PREFIX);
            if (!prefix.matches("[A-Z][A-Z0-9]{0,49}") || prefix.equals("GITHUB")) {
                throw invalid(
                        "has a prefix that names at GitHub cannot have",
                        "it is up to 50 of the letters A to Z and digits, a letter first, and not GITHUB");
            }
            return prefix;
        }

        private InvalidException invalid(String what, @Nullable String hint) {
            return given.invalid(what, hint);
        }
    }

    /** The component. Never a credential. */
    @Override
    public String toString() {
        return "GithubSettings(" + endpoint.component() + ")";
    }
}
