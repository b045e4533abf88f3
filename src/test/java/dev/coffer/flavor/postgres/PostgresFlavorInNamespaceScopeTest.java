package dev.coffer.flavor.postgres;

import java.util.Map;

/** The whole contract once more, in the scope namespace. */
class PostgresFlavorInNamespaceScopeTest extends PostgresFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> attributes() {
        return Map.of("scope", "namespace", "namespace", "team/a");
    }
}
