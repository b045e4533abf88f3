package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A repository, an environment or an organization of its own in the GitHub of the tests. */
final class GithubBackend {
    /** Where secrets lie. */
    enum Kind {
        REPOSITORY,
        ENVIRONMENT,
        ORGANIZATION
    }

    private final TestGithub server;
    private final String token;
    private final Map<String, String> attributes = new HashMap<>();
    private final TestGithub.Place place;

    GithubBackend() {
        this(Kind.REPOSITORY, Map.of());
    }

    GithubBackend(Kind kind, Map<String, String> more) {
        this(GithubServer.shared(), kind, more);
    }

    GithubBackend(TestGithub server, Kind kind, Map<String, String> more) {
        this.server = server;
        this.token = server.token();
        String name = "of-test-" + server.next();
        if (kind == Kind.ORGANIZATION) {
            attributes.put("organization", name);
            place = server.add("/orgs/" + name + "/actions/secrets", 1_000);
        } else if (kind == Kind.ENVIRONMENT) {
            attributes.putAll(Map.of("owner", "octocat", "repository", name, "environment", "prod/eu west"));
            place = server.add("/repos/octocat/" + name + "/environments/prod%2Feu%20west/secrets", 100);
        } else {
            attributes.putAll(Map.of("owner", "octocat", "repository", name));
            place = server.add("/repos/octocat/" + name + "/actions/secrets", 100);
        }
        attributes.putAll(more);
    }

    TestGithub.Place place() {
        return place;
    }

    /** Method and path below that of the secrets, of all that came. */
    List<String> requests() {
        return server.requests(place).stream()
                .map(request -> request.replace(place.path, ""))
                .toList();
    }

    URI address() {
        return server.address();
    }

    /** Lets so much time go by at GitHub. */
    void pass(Duration time) {
        server.pass(time);
    }

    void plant(String name, String value) {
        server.plant(place, name, value, "private", Set.of());
    }

    SecretsManager open() {
        return open("here", Map.of());
    }

    SecretsManager open(String component, Map<String, String> more) {
        return open(component, more, Map.of());
    }

    SecretsManager open(String component, Map<String, String> more, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(Map.of("url", server.address().toString(), "token", token));
        all.putAll(attributes);
        all.putAll(more);
        return new GithubFlavor(environment).create(definition(component, all), SchemaCatalog.builtIn());
    }

    SecretsManager at(URI url, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("url", url.toString());
        return open("here", all);
    }

    static ComponentDefinition definition(String component, Map<String, String> attributes) {
        return new ComponentDefinition(
                ComponentType.SECRETS_MANAGER,
                "github",
                component,
                UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                attributes);
    }

    /** The content of a secret, as GitHub opens it. */
    Map<String, String> read(SecretsManager manager, String name) {
        GithubNames names = new GithubNames(
                manager.attributes().getOrDefault("prefix", "COFFER"), SecretScope.of(manager.definition()));
        Map<String, String> content = new TreeMap<>();
        place.values()
                .forEach((stored, value) -> names.at(stored)
                        .filter(key -> key.secret().equals(SecretName.of(name)))
                        .ifPresent(key -> content.put(key.key(), value)));
        if (content.isEmpty()) {
            throw new NoSuchSecretException(SecretName.of(name));
        }
        return content;
    }

    /** Whether GitHub cannot hold the secret: told in other words than by the code under test. */
    boolean refuses(SecretsManager manager, Secret secret) {
        String scope = switch (SecretScope.of(manager.definition()).kind()) {
            case NONE -> "COFFER_";
            case GLOBAL -> "COFFER_GLOBAL____";
            case COMPONENT -> "COFFER_COMPONENT__0123456789abcdef0123456789abcdef____";
            case NAMESPACE ->
                "COFFER_NAMESPACE__" + "x".repeat(length(attributes.getOrDefault("namespace", ""))) + "____";
        };
        return secret.content().isEmpty()
                || secret.content().size() > place.limit
                || secret.content().entrySet().stream()
                        .anyMatch(entry ->
                                scope.length() + length(secret.name().value()) + 2 + length(entry.getKey()) > 255
                                        || entry.getValue().size() == 0
                                        || entry.getValue().size() > 49_152
                                        || entry.getValue().revealText().contains("\0"));
    }

    /** Small letters, digits and inner underscores take one character, all else five. */
    private static int length(String text) {
        String plain = text.replaceAll("(?<=.)_(?=[a-z0-9])|[a-z0-9]", "");
        return text.getBytes(UTF_8).length + 4 * plain.getBytes(UTF_8).length;
    }

    void cleanUp() {
        assertEquals(List.of(), server.faults(place), "not as GitHub describes it");
    }
}
