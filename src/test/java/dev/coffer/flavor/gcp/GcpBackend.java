package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A project of its own in the server of the tests. */
final class GcpBackend {
    private final String project = GcpServer.newProject();
    private final Map<String, String> attributes;
    private final GcpFlavor flavor = new GcpFlavor(Clock.systemUTC(), Map.of());

    GcpBackend(Map<String, String> attributes) {
        this.attributes = attributes;
    }

    String project() {
        return project;
    }

    SecretsManager open() {
        return open("here", Map.of());
    }

    SecretsManager openElsewhere() {
        Map<String, String> layout = new HashMap<>(attributes);
        layout.keySet().removeAll(Set.of("scope", "namespace"));
        return at(GcpServer.shared().address(), "elsewhere", layout, Map.of());
    }

    SecretsManager open(String component, Map<String, String> more) {
        return at(GcpServer.shared().address(), component, more);
    }

    SecretsManager at(URI endpoint, String component, Map<String, String> more) {
        return at(endpoint, component, attributes, more);
    }

    private SecretsManager at(URI endpoint, String component, Map<String, String> base, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(base);
        all.put("endpoint", endpoint.toString());
        all.put("project", project);
        all.putAll(more);
        ComponentDefinition definition = new ComponentDefinition(
                ComponentType.SECRETS_MANAGER,
                "gcp",
                component,
                UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                all);
        return flavor.create(definition, SchemaCatalog.builtIn());
    }

    /** A project that there is not. */
    SecretsManager openBroken() {
        return open("broken", Map.of("project", GcpServer.NO_PROJECT));
    }

    GcpFlavor flavor() {
        return flavor;
    }
}
