package dev.coffer.flavor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.azure.AzureFlavor;
import dev.coffer.flavor.gcp.GcpFlavor;
import dev.coffer.flavor.github.GithubFlavor;
import dev.coffer.flavor.postgres.PostgresFlavor;
import dev.coffer.flavor.vault.VaultFlavor;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the environment says of a place counts as the attributes do, and what only opens it does not. */
class PlacesTest {
    private static final Path NO_HOME = Path.of("no-such-home");

    /**
     * In each line what the component has, and an attribute or a variable by which the other one differs. Variables have
     * capitals.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vault    | token=t                                | VAULT_ADDR=https://other.example.org
            vault    | token=t                                | VAULT_NAMESPACE=other
            vault    | token=t                                | mount-point=other
            gcp      | -                                      | GOOGLE_CLOUD_PROJECT=other
            gcp      | project=p                              | prefix=other
            gcp      | project=p                              | layout=per-key
            azure    | vault=my-vault                         | vault=other
            azure    | vault=my-vault                         | prefix=other
            azure    | vault=my-vault scope=none              | layout=per-key
            github   | owner=o repository=r token=t           | repository=other
            github   | owner=o repository=r token=t           | url=https://other.example.org
            github   | owner=o repository=r token=t           | GITHUB_ACTIONS=true
            postgres | url=postgresql://h/db passphrase=p     | url=postgresql://other/db
            postgres | url=postgresql://h/db passphrase=p     | schema=other
            """)
    void whatLeadsElsewhere_isAnotherPlace(String flavor, String has, String other) {
        assertNotEquals(place(flavor, has), place(flavor, has + " " + other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vault    | token=t                                | VAULT_TOKEN=canary
            vault    | VAULT_ADDR=https://a.example.org token=t | url=https://a.example.org
            gcp      | GOOGLE_CLOUD_PROJECT=p                 | project=p
            gcp      | project=p                              | GOOGLE_CLOUD_PROJECT=other
            azure    | vault=my-vault                         | request-timeout=7
            azure    | vault=my-vault                         | client-id=canary tenant-id=canary client-secret=canary
            github   | owner=o repository=r                   | GH_TOKEN=canary
            postgres | url=postgresql://h/db passphrase=p     | PGUSER=canary
            postgres | url=postgresql://h/db passphrase=p     | passphrase=canary
            """)
    void whatOnlyOpensIt_isTheSamePlace(String flavor, String has, String other) {
        String place = place(flavor, has + " " + other);
        assertEquals(place(flavor, has), place);
        assertFalse(place.contains("canary"), place);
    }

    private static String place(String flavor, String given) {
        Map<String, String> attributes = new TreeMap<>();
        Map<String, String> environment = new TreeMap<>(Map.of("VAULT_ADDR", "https://here.example.org"));
        if (!given.contains("project=")) {
            environment.put("GOOGLE_CLOUD_PROJECT", "here");
        }
        for (String one : given.split(" +", -1)) {
            int at = one.indexOf('=');
            if (at > 0) {
                String name = one.substring(0, at);
                (name.equals(name.toUpperCase(Locale.ROOT)) ? environment : attributes)
                        .put(name, one.substring(at + 1));
            }
        }
        ComponentDefinition team =
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, flavor, "team", new UUID(4, 8), attributes);
        try (SecretsManager manager = flavor(flavor, environment).create(team, SchemaCatalog.builtIn())) {
            return manager.place().orElseThrow();
        }
    }

    private static SecretsManagerFlavor flavor(String name, Map<String, String> environment) {
        Clock clock = Clock.systemUTC();
        return switch (name) {
            case "vault" -> new VaultFlavor(clock, environment, NO_HOME);
            case "gcp" -> new GcpFlavor(clock, environment);
            case "azure" -> new AzureFlavor();
            case "github" -> new GithubFlavor(environment);
            case "postgres" -> new PostgresFlavor(clock, environment);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
