package dev.coffer.flavor.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An engine of its own in one of the servers of the tests. */
final class VaultBackend {
    private final VaultServer.Product product;
    private final int kvVersion;
    private final Map<String, String> attributes;
    private final VaultFlavor flavor = new VaultFlavor(Clock.systemUTC(), Map.of(), Path.of("/no/such/home"));
    private @Nullable String mount;

    VaultBackend(VaultServer.Product product, int kvVersion, Map<String, String> attributes) {
        this.product = product;
        this.kvVersion = kvVersion;
        this.attributes = attributes;
    }

    private VaultServer server() {
        return VaultServer.shared(product);
    }

    /** Made when it is first used: contracts are also looked at where there is no server. */
    synchronized String mount() {
        String made = mount == null ? server().newMount(kvVersion) : mount;
        mount = made;
        return made;
    }

    /** Puts an entry there as another tool would. */
    void plant(String path, Map<String, Object> data) {
        server().asRoot(
                        "POST",
                        mount() + (kvVersion == 2 ? "/data/" : "/") + path,
                        kvVersion == 2 ? Map.of("data", data) : data);
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
        Map<String, String> all = new HashMap<>(Map.of(
                "url", url.toString(),
                "mount-point", mount(),
                "kv-version", String.valueOf(kvVersion)));
        if (!more.containsKey("auth")) {
            all.put("token", server().rootToken());
        }
        all.putAll(more);
        ComponentDefinition definition = new ComponentDefinition(
                ComponentType.SECRETS_MANAGER,
                "vault",
                component,
                UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                all);
        return flavor.create(definition, SchemaCatalog.builtIn());
    }

    /** A token that the server does not know. */
    SecretsManager openBroken() {
        return open("broken", Map.of("token", "hvs.nobody"));
    }

    VaultFlavor flavor() {
        return flavor;
    }

    void cleanUp() {
        if (mount != null) {
            server().unmount(mount);
        }
    }
}
