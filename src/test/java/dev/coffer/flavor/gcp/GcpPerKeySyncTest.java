package dev.coffer.flavor.gcp;

import java.util.Map;

/** The same with a provider secret for each key. */
class GcpPerKeySyncTest extends GcpSyncTest {
    @Override
    Map<String, String> layout() {
        return Map.of("layout", "per-key");
    }
}
