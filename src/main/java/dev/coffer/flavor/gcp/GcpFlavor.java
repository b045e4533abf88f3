package dev.coffer.flavor.gcp;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.AttributeDeclaration.Kind;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps secrets in Google Cloud's Secret Manager: each in one provider secret, a JSON object of its keys, or each key in a
 * provider secret of its own.
 */
public final class GcpFlavor implements SecretsManagerFlavor {
    private static final String SDK = "com.google.cloud.secretmanager.v1.SecretManagerServiceClient";

    private final Clock clock;
    private final Map<String, String> environment;

    /**
     * Makes the flavor.
     *
     * @param clock dates secrets
     * @param environment as of {@link System#getenv()}: {@code GOOGLE_CLOUD_PROJECT}
     */
    public GcpFlavor(Clock clock, Map<String, String> environment) {
        this.clock = clock;
        this.environment = environment;
    }

    @Override
    public String name() {
        return "gcp";
    }

    @Override
    public String description() {
        return "keeps secrets in Google Cloud's Secret Manager";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> all = new ArrayList<>();
        all.add(text(GcpSettings.PROJECT, null, "the project's id; else GOOGLE_CLOUD_PROJECT"));
        all.add(text(
                GcpSettings.CREDENTIALS, null, "a file with Google credentials; else the application default ones"));
        all.add(text(GcpSettings.PREFIX, null, "what the ids of all secrets start with"));
        all.add(text(GcpSettings.LAYOUT, "json", "json (one provider secret each) or per-key (one for each key)"));
        all.add(text(
                GcpSettings.LOCATION,
                "automatic",
                "where new secrets are kept, separated by commas; automatic leaves it to Google"));
        all.add(text(
                GcpSettings.OLD_VERSIONS, "disable", "what becomes of replaced versions: keep, disable or destroy"));
        all.add(text(GcpSettings.ENDPOINT, null, "another server; http:// on this machine alone"));
        all.add(number(GcpSettings.CONNECT_TIMEOUT, "5", "seconds to wait for a connection"));
        all.add(number(GcpSettings.REQUEST_TIMEOUT, "30", "seconds to wait for an answer"));
        all.addAll(SecretScope.attributes());
        return List.copyOf(all);
    }

    private static AttributeDeclaration text(String name, @Nullable String value, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.ofNullable(value), what, false);
    }

    private static AttributeDeclaration number(String name, String value, String what) {
        return new AttributeDeclaration(name, Kind.NUMBER, false, Optional.of(value), what, false);
    }

    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        GcpSettings settings = GcpSettings.of(definition, environment);
        requireLibraries(definition);
        GcpClient client = new GcpClient(settings);
        GcpNames names = new GcpNames(settings.prefix(), SecretScope.of(definition));
        return settings.layout() == GcpSettings.Layout.JSON
                ? new JsonLayoutSecretsManager(definition, schemas, client, names, clock)
                : new PerKeyLayoutSecretsManager(definition, schemas, client, names, clock);
    }

    private static void requireLibraries(ComponentDefinition definition) {
        try {
            Class.forName(SDK, false, GcpFlavor.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new UnsupportedByFlavorException(
                    "the secrets manager " + definition.name()
                            + " is of the flavor gcp, whose libraries this distribution of coffer does not have",
                    definition.name(),
                    "install the full distribution; as a library, add com.google.cloud:google-cloud-secretmanager");
        }
    }
}
