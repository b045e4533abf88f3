package dev.coffer.flavor;

import java.util.Map;

/** The whole contract once more, in the scope global. */
class MemoryFlavorInGlobalScopeTest extends MemoryFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "global");
    }
}
