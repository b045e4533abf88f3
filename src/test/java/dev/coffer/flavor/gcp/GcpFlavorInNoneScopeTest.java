package dev.coffer.flavor.gcp;

import java.util.Map;

/** The whole contract once more, in the scope none. */
class GcpFlavorInNoneScopeTest extends GcpFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> attributes() {
        return Map.of("scope", "none");
    }
}
