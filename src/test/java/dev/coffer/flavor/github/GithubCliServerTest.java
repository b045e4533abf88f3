package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.TestTls;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GitHub's own command, {@code gh}, and coffer see the same secrets on one server. */
@Tag("servers")
class GithubCliServerTest {
    @TempDir
    Path folder;

    private TestTls tls;
    private GithubServer server;
    private TestGithub.Place repository;
    private TestGithub.Place environment;
    private TestGithub.Place organization;

    @BeforeEach
    void start() {
        tls = TestTls.create(folder, "127.0.0.1");
        server = new GithubServer(tls);
        repository = server.add("/repos/octocat/hello/actions/secrets", 100);
        environment = server.add("/repos/octocat/hello/environments/prod/secrets", 100);
        organization = server.add("/orgs/octo-org/actions/secrets", 1_000);
    }

    @AfterEach
    void stop() {
        server.close();
        for (TestGithub.Place place : List.of(repository, environment, organization)) {
            assertEquals(List.of(), server.faults(place), "not as GitHub describes it");
        }
    }

    private String gh(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gh", "secret"));
        command.addAll(List.of(arguments));
        Path said = folder.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GH_") || name.startsWith("GITHUB_"));
        builder.environment()
                .putAll(Map.of(
                        "GH_HOST", server.address().getAuthority(),
                        "GH_ENTERPRISE_TOKEN", GithubServer.TOKEN,
                        "GH_CONFIG_DIR", folder.resolve("gh").toString(),
                        "GH_NO_UPDATE_NOTIFIER", "1",
                        "SSL_CERT_FILE", tls.authority().toString()));
        Process process = builder.start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "gh does not end");
        String text = Files.readString(said, UTF_8);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    private SecretsManager coffer(Map<String, String> place) {
        Map<String, String> all = new HashMap<>(Map.of(
                "url",
                server.address() + "/api/v3",
                "token",
                GithubServer.TOKEN,
                "ca-file",
                tls.authority().toString(),
                "scope",
                "none"));
        all.putAll(place);
        return new GithubFlavor(Map.of()).create(GithubBackend.definition("here", all), SchemaCatalog.builtIn());
    }

    private static Secret secret(String name, String key, String value) {
        return Secret.of(SecretName.of(name), Map.of(key, SecretValue.of(value)));
    }

    @Test
    void repository_isTheSameToBoth() throws Exception {
        String here = server.address().getAuthority() + "/octocat/hello";
        sameToBoth(repository, Map.of("owner", "octocat", "repository", "hello"), "--repo", here);
    }

    @Test
    void environment_isTheSameToBoth() throws Exception {
        String here = server.address().getAuthority() + "/octocat/hello";
        sameToBoth(
                environment,
                Map.of("owner", "octocat", "repository", "hello", "environment", "prod"),
                "--repo",
                here,
                "--env",
                "prod");
    }

    @Test
    void organization_isTheSameToBoth() throws Exception {
        sameToBoth(organization, Map.of("organization", "octo-org"), "--org", "octo-org");
    }

    private void sameToBoth(TestGithub.Place place, Map<String, String> attributes, String... where) throws Exception {
        try (SecretsManager manager = coffer(attributes)) {
            manager.registerSecret(secret("db", "password", "from coffer"));
            gh(with(where, "set", "COFFER_API__KEY", "--body", "from gh"));
            gh(with(where, "set", "DEPLOY", "--body", "not coffer's"));
            assertEquals(
                    Map.of(
                            "COFFER_API__KEY",
                            "from gh",
                            "COFFER_DB__PASSWORD",
                            "from coffer",
                            "DEPLOY",
                            "not coffer's"),
                    place.values());

            String listed = gh(with(where, "list"));
            assertTrue(listed.contains("COFFER_DB__PASSWORD") && listed.contains("DEPLOY"), listed);
            assertEquals(List.of(SecretName.of("api"), SecretName.of("db")), manager.getAllSecretKeys());

            manager.updateSecret(secret("api", "key", "changed by coffer"));
            gh(with(where, "set", "COFFER_DB__PASSWORD", "--body", "changed by gh"));
            assertEquals("changed by coffer", place.values().get("COFFER_API__KEY"));
            assertEquals("changed by gh", place.values().get("COFFER_DB__PASSWORD"));

            gh(with(where, "delete", "COFFER_DB__PASSWORD"));
            assertEquals(List.of(SecretName.of("api")), manager.getAllSecretKeys());
            manager.deleteSecret(SecretName.of("api"));
            assertTrue(gh(with(where, "list")).contains("DEPLOY"));
            assertEquals(Map.of("DEPLOY", "not coffer's"), place.values());
        }
    }

    private static String[] with(String[] where, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(where));
        return all.toArray(String[]::new);
    }
}
