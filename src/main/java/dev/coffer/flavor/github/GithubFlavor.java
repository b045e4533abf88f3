package dev.coffer.flavor.github;

import static dev.coffer.flavor.http.EndpointAttributes.number;
import static dev.coffer.flavor.http.EndpointAttributes.sensitive;
import static dev.coffer.flavor.http.EndpointAttributes.text;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.EndpointAttributes;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Keeps each key of a secret in one secret of GitHub Actions, of a repository, an environment or an organization. GitHub
 * gives no value back; a job of GitHub Actions reads those that its workflow puts into the environment.
 */
public final class GithubFlavor implements SecretsManagerFlavor {
    private final Map<String, String> environment;

    /**
     * Makes the flavor.
     *
     * @param environment as of {@link System#getenv()}: tokens, and in a job of GitHub Actions the values
     */
    public GithubFlavor(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "github";
    }

    @Override
    public String description() {
        return "writes secrets for the workflows of GitHub Actions, which alone can read them";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> all = new ArrayList<>();
        all.add(text(GithubSettings.OWNER, null, "the user or organization that has the repository"));
        all.add(text(GithubSettings.REPOSITORY, null, "the repository's name"));
        all.add(text(GithubSettings.ENVIRONMENT, null, "an environment of the repository, for secrets of that alone"));
        all.add(text(GithubSettings.ORGANIZATION, null, "the organization, for secrets that its repositories share"));
        all.add(text(
                GithubSettings.VISIBILITY,
                null,
                "for an organization: who sees new secrets: private (the default), all, or selected (nobody yet)"));
        all.add(text(
                EndpointAttributes.URL,
                GithubSettings.GITHUB_COM,
                "the API; that of an own server is https://HOST/api/v3"));
        all.add(sensitive(
                GithubSettings.TOKEN,
                "the token; else GH_TOKEN or GITHUB_TOKEN, for an own server GH_ENTERPRISE_TOKEN"));
        all.add(text(
                GithubSettings.PREFIX,
                GithubSettings.DEFAULT_PREFIX,
                "with what the names at GitHub begin; all that do, with _ after it, are coffer's"));
        all.add(text(EndpointAttributes.CA_FILE, null, "certificates to trust, PEM; else those of the JDK"));
        all.add(number(EndpointAttributes.CONNECT_TIMEOUT, "5", "seconds to wait for a connection"));
        all.add(number(EndpointAttributes.REQUEST_TIMEOUT, "30", "seconds to wait for an answer"));
        all.addAll(SecretScope.attributes());
        return List.copyOf(all);
    }

    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        GithubSettings settings = GithubSettings.of(definition, environment);
        GithubNames names = new GithubNames(settings.prefix(), SecretScope.of(definition));
        GithubClient client = new GithubClient(settings, new Pauses("GitHub"));
        return new GithubSecretsManager(definition, schemas, client, names, environment);
    }
}
