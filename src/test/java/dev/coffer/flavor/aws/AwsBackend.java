package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
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

/** A region of its own in the server of the tests. */
final class AwsBackend {
    private final String region = "test-" + UUID.randomUUID();
    private final Map<String, String> attributes;
    private final AwsFlavor flavor = new AwsFlavor();

    AwsBackend(Map<String, String> attributes) {
        this.attributes = attributes;
    }

    String region() {
        return region;
    }

    /** One request by AWS's own client for Python. */
    JsonNode boto(String operation, Map<String, ?> arguments) {
        return AwsServer.shared().boto(region, operation, arguments);
    }

    AwsFlavor flavor() {
        return flavor;
    }

    SecretsManager open() {
        return open("here", attributes);
    }

    SecretsManager openElsewhere() {
        return open("elsewhere", Map.of());
    }

    SecretsManager open(String component, Map<String, String> more) {
        return at(AwsServer.shared().address(), component, more);
    }

    SecretsManager at(URI endpoint, String component, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "endpoint", endpoint.toString(),
                "region", region,
                "prefix", "team/",
                "access-key-id", "AKIAHERE",
                "secret-access-key", "nobody-knows"));
        all.put("restore-on-register", "true"); // the contract registers what it has deleted
        all.putAll(more);
        return create(component, all);
    }

    SecretsManager create(String component, Map<String, String> attributes) {
        return flavor.create(
                new ComponentDefinition(
                        ComponentType.SECRETS_MANAGER,
                        "aws",
                        component,
                        UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                        attributes),
                SchemaCatalog.builtIn());
    }

    /** A server that is not there. */
    SecretsManager openBroken() {
        return open("broken", Map.of("endpoint", "http://127.0.0.1:1"));
    }

    /** Whether AWS could not hold it. */
    static boolean refuses(Secret secret) {
        JsonStringEncoder json = JsonStringEncoder.getInstance();
        long bytes = secret.content().isEmpty() ? 2 : 1;
        for (Map.Entry<String, SecretValue> entry : secret.content().entrySet()) {
            bytes += json.quoteAsUTF8(entry.getKey()).length
                    + json.quoteAsUTF8(entry.getValue().revealText()).length
                    + "\"\":\"\",".length();
        }
        int longest = "team/coffer/component//".length() + 44; // what stands before a name in these tests
        int name = secret.name().value().chars().map(c -> c < 0x80 ? 1 : 9).sum();
        return bytes > 65_536 || longest + name > 512;
    }
}
