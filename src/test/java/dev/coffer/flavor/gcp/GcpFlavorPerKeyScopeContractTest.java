package dev.coffer.flavor.gcp;

import java.util.Map;

class GcpFlavorPerKeyScopeContractTest extends GcpFlavorScopeContractTest {
    @Override
    Map<String, String> attributes() {
        return Map.of("layout", "per-key");
    }
}
