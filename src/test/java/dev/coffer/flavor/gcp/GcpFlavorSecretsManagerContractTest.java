package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class GcpFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final GcpBackend backend = new GcpBackend(attributes());

    /** Of the layout and the scope. */
    Map<String, String> attributes() {
        return Map.of();
    }

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.of(backend.openBroken());
    }

    /** Values of more than 64 KiB, and names whose id has more than 255 characters. */
    @Override
    protected boolean refuses(Secret secret) {
        int size = secret.content().values().stream()
                .mapToInt(SecretValue::size)
                .max()
                .orElse(0);
        return size > 64_000 || isTooLong(secret);
    }

    boolean isTooLong(Secret secret) {
        return idLength(secret.name().value()) > 255;
    }

    private int idLength(String name) {
        SecretScope scope = SecretScope.of(backend.open().definition());
        String escaped = scope.path(SecretName.of(name), '-');
        int escapes = 0;
        for (byte b : name.getBytes(UTF_8)) {
            escapes += b == '_' || b == '-' ? 1 : 0;
        }
        boolean plain = name.matches("[A-Za-z0-9_-]*");
        return escaped.length() - (plain ? 2 * escapes : 0);
    }

    /** Google encrypts what it keeps, and a reader with the right token sees it. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                GcpFlavorOwnedContractTest.class,
                GcpFlavorProviderLimitsContractTest.class,
                GcpFlavorRevisionsContractTest.class);
    }
}
