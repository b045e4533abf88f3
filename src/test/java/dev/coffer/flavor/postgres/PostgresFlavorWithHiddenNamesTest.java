package dev.coffer.flavor.postgres;

import java.util.Map;

/** The whole contract once more, with names that the server does not see. */
class PostgresFlavorWithHiddenNamesTest extends PostgresFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> attributes() {
        return Map.of("hide-names", "true");
    }
}
