package dev.coffer.flavor.gcp;

import java.util.Map;

/** The whole contract once more, as ZenML kept its secrets. */
class GcpFlavorPerKeyInNoneScopeTest extends GcpFlavorPerKeySecretsManagerContractTest {
    @Override
    Map<String, String> attributes() {
        return Map.of("layout", "per-key", "scope", "none");
    }
}
