package dev.coffer.flavor.aws;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.AttributeDeclaration.Kind;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each secret in one secret of AWS Secrets Manager: its value is a JSON object with the keys as they are, and tags
 * hold coffer's mark and the schema type. Deleted secrets can be recovered for a number of days.
 *
 * <p>AWS names versions by texts, not by numbers, and cannot delete on a condition. So secrets of this flavor have no
 * version, and its managers are no {@link dev.coffer.secrets.ConditionalWrites}; yet each update happens only if nothing
 * was written since the secret was read, which AWS checks, and starts anew otherwise.
 */
public final class AwsFlavor implements SecretsManagerFlavor {
    private static final String SDK = "software.amazon.awssdk.services.secretsmanager.SecretsManagerClient";

    private final ClassLoader libraries;

    /** Makes the flavor. */
    public AwsFlavor() {
        this(AwsFlavor.class.getClassLoader());
    }

    /**
     * Makes the flavor for a test.
     *
     * @param libraries where the SDK is looked for
     */
    AwsFlavor(ClassLoader libraries) {
        this.libraries = libraries;
    }

    @Override
    public String name() {
        return "aws";
    }

    @Override
    public String description() {
        return "keeps secrets in AWS Secrets Manager";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> all = new ArrayList<>();
        all.add(text(AwsSettings.REGION, null, "the region; else AWS_REGION or the profile's"));
        all.add(text(AwsSettings.PREFIX, null, "what the names of all secrets in AWS start with"));
        all.add(text(AwsSettings.KMS_KEY, null, "the KMS key of new secrets, if not the account's own for this"));
        all.add(text(AwsSettings.PROFILE, null, "a profile of ~/.aws/config; else AWS_PROFILE or default"));
        all.add(text(AwsSettings.ENDPOINT, null, "another server than the region's, with https"));
        all.add(sensitive(AwsSettings.ACCESS_KEY_ID, "an access key; else the usual places of AWS"));
        all.add(sensitive(AwsSettings.SECRET_ACCESS_KEY, "the secret of the access key"));
        all.add(sensitive(AwsSettings.SESSION_TOKEN, "the session token of a temporary access key"));
        all.add(number(AwsSettings.RECOVERY_WINDOW, "30", "days in which a deleted secret can be recovered, 7 to 30"));
        all.add(new AttributeDeclaration(
                AwsSettings.RESTORE_ON_REGISTER,
                Kind.FLAG,
                false,
                Optional.of("false"),
                "whether registering the name of a deleted secret restores and replaces that one",
                false));
        all.add(number(AwsSettings.CONNECT_TIMEOUT, "5", "seconds to wait for a connection"));
        all.add(number(AwsSettings.REQUEST_TIMEOUT, "30", "seconds to wait for an answer"));
        all.addAll(SecretScope.attributes());
        return List.copyOf(all);
    }

    private static AttributeDeclaration text(String name, @Nullable String value, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.ofNullable(value), what, false);
    }

    private static AttributeDeclaration number(String name, String value, String what) {
        return new AttributeDeclaration(name, Kind.NUMBER, false, Optional.of(value), what, false);
    }

    private static AttributeDeclaration sensitive(String name, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.empty(), what, true);
    }

    /**
     * As {@link SecretsManagerFlavor#create}.
     *
     * @throws UnsupportedByFlavorException if the AWS SDK is not there
     */
    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        AwsSettings settings = AwsSettings.of(definition);
        try {
            Class.forName(SDK, false, libraries);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new UnsupportedByFlavorException(
                    "the secrets manager " + definition.name()
                            + " is of the flavor aws, whose libraries this distribution of coffer does not have",
                    definition.name(),
                    "install the full distribution; as a library, add software.amazon.awssdk:secretsmanager and"
                            + " url-connection-client, sts for roles, and sso and ssooidc for single sign-on");
        }
        return new AwsSecretsManager(
                definition,
                schemas,
                settings,
                new AwsClient(settings),
                new AwsNames(settings, SecretScope.of(definition)));
    }
}
