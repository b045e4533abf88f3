package dev.coffer.flavor.gcp;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.Secret;
import java.util.Map;
import java.util.Set;

/** The whole contract once more, with a provider secret for each key. */
class GcpFlavorPerKeySecretsManagerContractTest extends GcpFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> attributes() {
        return Map.of("layout", "per-key");
    }

    /** Nor are there secrets without keys, or empty values; and the name has to fit into a label. */
    @Override
    protected boolean refuses(Secret secret) {
        return super.refuses(secret)
                || secret.content().isEmpty()
                || secret.content().values().stream().anyMatch(value -> value.size() == 0);
    }

    @Override
    boolean isTooLong(Secret secret) {
        String name = secret.name().value();
        if (name.matches("[a-z0-9_-]{1,63}")) {
            return secret.content().keySet().stream().anyMatch(key -> key.length() > 80);
        }
        int length = 0;
        for (byte b : name.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            length += (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') ? 1 : 3;
        }
        return length > 63 || secret.content().keySet().stream().anyMatch(key -> key.length() > 80);
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                GcpFlavorPerKeyOwnedContractTest.class,
                GcpFlavorPerKeyProviderLimitsContractTest.class,
                GcpFlavorPerKeyRevisionsContractTest.class);
    }
}
