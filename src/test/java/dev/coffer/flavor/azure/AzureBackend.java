package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key vault of its own, started when it is first used. */
final class AzureBackend implements AutoCloseable {
    private final Map<String, String> attributes;
    private final AzureFlavor flavor = new AzureFlavor();
    private @Nullable AzureServer server;

    AzureBackend(Map<String, String> attributes) {
        this.attributes = attributes;
    }

    synchronized AzureServer server() {
        AzureServer running = server == null ? AzureServer.start() : server;
        server = running;
        return running;
    }

    AzureFlavor flavor() {
        return flavor;
    }

    SecretsManager open() {
        return open("here", attributes);
    }

    SecretsManager openElsewhere() {
        return open("elsewhere", Map.of());
    }

    SecretsManager open(String component, Map<String, String> more) {
        return at(server().address(), component, more);
    }

    SecretsManager at(URI url, String component, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("vault-url", url.toString(), "prefix", "team-"));
        all.put("restore-on-register", "true"); // the contract registers what it has deleted
        all.putAll(more);
        return create(component, all);
    }

    SecretsManager create(String component, Map<String, String> given) {
        return flavor.create(
                new ComponentDefinition(
                        ComponentType.SECRETS_MANAGER,
                        "azure",
                        component,
                        UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                        given),
                SchemaCatalog.builtIn());
    }

    /** A server that is not there. */
    SecretsManager openBroken() {
        return open("broken", Map.of("vault-url", "http://127.0.0.1:1"));
    }

    /** Whether Key Vault could not hold it. */
    static boolean refuses(Secret secret, String folder) {
        JsonStringEncoder json = JsonStringEncoder.getInstance();
        long bytes = secret.content().isEmpty() ? 2 : 1;
        for (Map.Entry<String, SecretValue> entry : secret.content().entrySet()) {
            bytes += json.quoteAsUTF8(entry.getKey()).length
                    + json.quoteAsUTF8(entry.getValue().revealText()).length
                    + "\"\":\"\",".length();
        }
        int name = 0;
        byte[] encoded = secret.name().value().getBytes(UTF_8);
        boolean isPlain = secret.name().value().matches("[a-z0-9-]*");
        for (int i = 0; i < encoded.length; i++) {
            boolean plain = (encoded[i] >= 'a' && encoded[i] <= 'z') || (encoded[i] >= '0' && encoded[i] <= '9');
            boolean hyphen = encoded[i] == '-'
                    && (isPlain
                            || i + 1 == encoded.length
                            || String.valueOf((char) encoded[i + 1]).matches("[a-z0-9]"));
            name += plain || hyphen ? 1 : 4;
        }
        return bytes > 25_600 || folder.length() + name > 127;
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
        }
    }
}
