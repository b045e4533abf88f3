package dev.coffer.flavor;

import java.util.Map;

/** The whole contract once more, in the scope none. */
class MemoryFlavorInNoneScopeTest extends MemoryFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "none");
    }
}
