package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.security.keyvault.secrets.models.SecretProperties;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.secrets.WriteReceipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What ZenML kept in Key Vault without a scope: one provider secret for each key, its value the text alone. It is called
 * {@code zenml-} and the base64 of {@code NAME-KEY} in hexadecimal digits, or by older versions {@code NAME-KEY} itself; tags
 * tell name, key and type. It is read, to be copied to another place, and never changed. What has such tags under another name
 * is none of it.
 *
 * <pre>
 * requests: list 1 for each 25 secrets of the vault, get the same and 1 for each key
 * </pre>
 */
final class ZenmlKeysSecretsManager implements SecretsManager {
    private static final String GROUP = "zenml-group-key";
    private static final String KEY = "zenml-key-name";
    private static final String TYPE = "zenml-schema-name";

    private final ComponentDefinition definition;
    private final AzureSettings settings;
    private final AzureClient client;
    private final AzureRequests requests;

    ZenmlKeysSecretsManager(
            ComponentDefinition definition, AzureSettings settings, AzureClient client, AzureRequests requests) {
        this.definition = definition;
        this.settings = settings;
        this.client = client;
        this.requests = requests;
    }

    @Override
    public Optional<String> place() {
        return Optional.of(settings.place());
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    /**
     * One key.
     *
     * @param inAzure the name of its provider secret
     * @param written when its value was
     */
    private record Member(
            SecretName name,
            String key,
            String inAzure,
            String type,
            @Nullable Instant written) {
        static Optional<Member> of(SecretProperties item) {
            Map<String, String> tags = AzureVersion.tags(item);
            String group = tags.getOrDefault(GROUP, "");
            String key = tags.getOrDefault(KEY, keyIn(item.getName(), group));
            String type = tags.getOrDefault(TYPE, "");
            return legal(group)
                    .filter(name -> !key.isEmpty())
                    .map(name -> new Member(
                            name,
                            key,
                            item.getName(),
                            type.isEmpty() ? Secret.ARBITRARY : type,
                            AzureVersion.instant(item.getCreatedOn())))
                    .filter(member -> member.isEncoded() || member.inAzure.equalsIgnoreCase(group + "-" + key));
        }

        /** Of the oldest ones, which tell the key by the name alone. */
        private static String keyIn(String inAzure, String group) {
            String before = group.toLowerCase(Locale.ROOT) + "-";
            return inAzure.toLowerCase(Locale.ROOT).startsWith(before) ? inAzure.substring(before.length()) : "";
        }

        private static Optional<SecretName> legal(String text) {
            try {
                return Optional.of(SecretName.of(text))
                        .filter(name -> name.value().equals(text));
            } catch (InvalidException e) {
                return Optional.empty();
            }
        }

        boolean isEncoded() {
            byte[] base64 = Base64.getEncoder().encode((name.value() + "-" + key).getBytes(UTF_8));
            return inAzure.equalsIgnoreCase("zenml-" + HexFormat.of().formatHex(base64));
        }
    }

    // Reading

    /** The keys of each secret, in the order of the alphabet, as nothing tells another one. */
    private Map<SecretName, Map<String, Member>> all(String operation) {
        Map<SecretName, Map<String, Member>> all = new TreeMap<>();
        requests.all(
                operation,
                item -> Member.of(item)
                        .ifPresent(member -> all.computeIfAbsent(member.name(), any -> new TreeMap<>())
                                .merge(member.key(), member, (one, other) -> other.isEncoded() ? other : one)));
        return all;
    }

    @Override
    public Secret getSecret(SecretName name) {
        String operation = "read secret " + name;
        return client.told(operation, () -> {
            Map<String, Member> members = all(operation).getOrDefault(name, Map.of());
            if (members.isEmpty()) {
                throw new NoSuchSecretException(name);
            }
            Map<String, SecretValue> content = new LinkedHashMap<>();
            members.forEach((key, member) -> content.put(key, value(operation, member)));
            SecretSummary summary = summary(name, members.values());
            return Secret.ofStored(name, summary.schemaType(), content, null, summary.created(), summary.updated());
        });
    }

    private SecretValue value(String operation, Member member) {
        try {
            return SecretValue.of(requests.currentAt(operation, member.inAzure())
                    .orElseThrow(() -> client.failed(
                            operation, "the key " + member.key() + " was deleted at the same time", "read it again"))
                    .text());
        } catch (AzureFailure.Refused e) {
            if (e.isDisabled()) {
                throw client.failed(operation, "the key " + member.key() + " is disabled", "enable it in Key Vault");
            }
            throw e;
        }
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return listSecrets().stream().map(SecretSummary::name).toList();
    }

    /** Without reading a value. */
    @Override
    public List<SecretSummary> listSecrets() {
        String operation = "list the secrets";
        return client.told(operation, () -> {
            List<SecretSummary> found = new ArrayList<>();
            all(operation).forEach((name, members) -> found.add(summary(name, members.values())));
            return found;
        });
    }

    private static SecretSummary summary(SecretName name, Collection<Member> members) {
        return new SecretSummary(
                name,
                members.iterator().next().type(),
                null,
                written(members, (one, other) -> one.isBefore(other) ? one : other),
                written(members, (one, other) -> one.isAfter(other) ? one : other));
    }

    private static @Nullable Instant written(Collection<Member> members, BinaryOperator<Instant> which) {
        return members.stream()
                .map(Member::written)
                .filter(Objects::nonNull)
                .reduce(which)
                .orElse(null);
    }

    // Writing

    private UnsupportedByFlavorException readOnly() {
        client.requireOpen();
        return new UnsupportedByFlavorException(
                "the secrets manager " + definition.name() + " reads what ZenML kept, and changes nothing of it",
                definition.name(),
                "'coffer copy' takes its secrets to another one");
    }

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        throw readOnly();
    }

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        throw readOnly();
    }

    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        throw readOnly();
    }

    @Override
    public void deleteSecret(SecretName name) {
        throw readOnly();
    }

    @Override
    public void deleteAllSecrets() {
        throw readOnly();
    }

    // Life cycle

    @Override
    public Optional<CofferException> check() {
        return requests.trouble();
    }

    @Override
    public void close() {
        client.close();
    }
}
