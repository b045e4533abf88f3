package dev.coffer.flavor;

import java.util.Map;

/** The whole contract once more, in the scope namespace. */
class LocalFlavorInNamespaceScopeTest extends LocalFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "namespace", "namespace", "team-a");
    }
}
