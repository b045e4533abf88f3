package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GithubSettingsTest {
    private static final String CANARY = "canary-77";

    private static Map<String, String> attributes(String... pairs) {
        Map<String, String> attributes = new HashMap<>();
        for (String pair : pairs) {
            String[] parts = pair.split("=", 2);
            attributes.put(parts[0], parts[1]);
        }
        return attributes;
    }

    private static GithubSettings settings(Map<String, String> environment, String... pairs) {
        return GithubSettings.of(GithubBackend.definition("hub", attributes(pairs)), environment);
    }

    private static GithubSettings ofRepository(Map<String, String> environment, String... more) {
        Map<String, String> all = attributes(more);
        all.putIfAbsent("owner", "octocat");
        all.putIfAbsent("repository", "hello.world");
        return GithubSettings.of(GithubBackend.definition("hub", all), environment);
    }

    @Test
    void places_areThoseOfTheApi() {
        assertEquals(
                "repos/octocat/hello-world/actions/secrets",
                settings(Map.of(), "owner=octocat", "repository=hello-world")
                        .place()
                        .path());
        assertEquals(
                "repos/octocat/hello-world/environments/prod%2Feu%20west/secrets",
                settings(Map.of(), "owner=octocat", "repository=hello-world", "environment=prod/eu west")
                        .place()
                        .path());
        assertEquals(
                "orgs/octo-org/actions/secrets",
                settings(Map.of(), "organization=octo-org").place().path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "owner=o",
                "repository=r",
                "environment=e",
                "owner=o environment=e",
                "organization=x owner=o",
                "organization=x owner=o repository=r",
                "organization=x environment=e",
                "owner=a/b repository=r",
                "owner=o repository=..",
                "owner=o repository=r?x",
                "owner=o repository=r environment=..",
                "organization=.",
                "owner=o repository=r visibility=all",
                "organization=x visibility=everyone",
                "owner=o repository=r prefix=GITHUB",
                "owner=o repository=r prefix=coffer",
                "owner=o repository=r prefix=A_B",
                "owner=o repository=r prefix=1A",
                "owner=o repository=r url=http://github.example.org/api/v3",
                "owner=o repository=r url=ftp://github.example.org",
                "owner=o repository=r url=https://user:canary-77@github.example.org/api/v3",
                "owner=o repository=r connect-timeout=0",
                "owner=o repository=r request-timeout=canary-77",
                "owner=o repository=r token=canary-77\n\ncanary-77",
                "owner=o repository=canary-77/x"
            })
    void attributesThatMakeNoSense_areRefused_andNotQuoted(String text) {
        String[] pairs = text.isEmpty() ? new String[0] : text.split(" ", -1);
        InvalidException e = assertThrows(InvalidException.class, () -> settings(Map.of(), pairs));
        assertFalse((e.getMessage() + e.hint().orElse("")).contains(CANARY), e.getMessage());
        assertTrue(e.getMessage().contains("hub"), e.getMessage());
    }

    @Test
    void url_isThatOfGithub_unlessAnotherIsNamed() {
        assertEquals(
                URI.create("https://api.github.com/"),
                ofRepository(Map.of()).endpoint().url());
        URI own = ofRepository(Map.of(), "url=https://github.example.org/api/v3")
                .endpoint()
                .url();
        assertEquals(
                "https://github.example.org/api/v3/repos/octocat/hello.world/actions/secrets",
                own.resolve(ofRepository(Map.of()).place().path()).toString());
        assertEquals(
                Duration.ofSeconds(7),
                ofRepository(Map.of(), "connect-timeout=7").endpoint().connectTimeout());
    }

    @Test
    void token_isTheAttribute_elseTheVariablesOfThatHost_andOfNoOther() {
        Map<String, String> environment = Map.of(
                "GH_TOKEN", "of-github",
                "GITHUB_TOKEN", "second",
                "GH_ENTERPRISE_TOKEN", "of-own");
        assertEquals(
                Optional.of("mine"), ofRepository(environment, "token=mine").token());
        assertEquals(
                Optional.of("mine"), ofRepository(environment, "token=mine\n").token());
        assertEquals(Optional.of("of-github"), ofRepository(environment).token());
        assertEquals(
                Optional.of("second"),
                ofRepository(Map.of("GITHUB_TOKEN", "second")).token());
        String own = "url=https://github.example.org/api/v3";
        assertEquals(Optional.of("of-own"), ofRepository(environment, own).token());
        assertEquals(
                Optional.of("also"),
                ofRepository(Map.of("GITHUB_ENTERPRISE_TOKEN", "also"), own).token());
        assertEquals(
                Optional.empty(),
                ofRepository(Map.of("GH_TOKEN", "of-github"), own).token());
        assertEquals(
                Optional.empty(),
                ofRepository(Map.of("GH_TOKEN", "x"), "url=https://api.github.com.example.org")
                        .token());
    }

    @Test
    void toString_tellsNoCredential() {
        assertFalse(ofRepository(Map.of(), "token=" + CANARY).toString().contains(CANARY));
    }

    @Test
    void flavor_declaresWhatIsRead_andTheTokenAsSensitive() {
        GithubFlavor flavor = new GithubFlavor(Map.of());
        List<String> sensitive = flavor.attributes().stream()
                .filter(AttributeDeclaration::sensitive)
                .map(AttributeDeclaration::name)
                .toList();
        assertEquals(List.of("token"), sensitive);
        assertEquals(
                List.of(
                        "ca-file",
                        "connect-timeout",
                        "environment",
                        "namespace",
                        "organization",
                        "owner",
                        "prefix",
                        "repository",
                        "request-timeout",
                        "scope",
                        "token",
                        "url",
                        "visibility"),
                flavor.attributes().stream()
                        .map(AttributeDeclaration::name)
                        .sorted()
                        .collect(Collectors.toList()));
    }

    @Test
    void creating_opensNoConnection_andReadsNoFile() {
        Map<String, String> attributes =
                attributes("owner=o", "repository=r", "url=https://no.such.host.example", "ca-file=/no/such/file");
        CofferException trouble;
        try (var manager = new GithubFlavor(Map.of())
                .create(GithubBackend.definition("hub", attributes), SchemaCatalog.builtIn())) {
            trouble = manager.check().orElseThrow();
        }
        assertTrue(trouble.getMessage().contains("token"), trouble.getMessage());
    }
}
