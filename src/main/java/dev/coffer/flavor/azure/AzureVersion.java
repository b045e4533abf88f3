package dev.coffer.flavor.azure;

import com.azure.security.keyvault.secrets.models.SecretProperties;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One version of a secret in Key Vault. What coffer notes of it is in its tags, which are written in one request with the
 * value: a version that another tool writes has none of them.
 *
 * @param id the version's, which says nothing of its place among the others
 * @param tags its tags
 * @param created when it was written, in whole seconds
 * @param text what it holds; empty in a listing
 * @param properties as the SDK has it
 * @param seen when it was like this, by Azure's clock, in whole seconds; null if that is not told
 */
record AzureVersion(
        String id,
        Map<String, String> tags,
        Instant created,
        String text,
        SecretProperties properties,
        @Nullable Instant seen) {
    /** Marks the secrets of coffer; its value is {@link #YES}. */
    static final String OWNED = "coffer:owned";
    /** The type. */
    static final String SCHEMA = "coffer:schema";
    /** When the secret was first registered. Missing from its first version. */
    static final String CREATED = "coffer:created";
    /** Another text for each write, by which it is found when its answer is lost. */
    static final String WRITE = "coffer:write";
    /** The version that was replaced. */
    static final String BASE = "coffer:base";
    /**
     * On a version that was registered while somebody else registered the same name: {@link #YES} until that is settled,
     * {@link #WON} on the one that stays, {@link #BACK} on a copy of it that was written after another one.
     */
    static final String CONTESTED = "coffer:contested";

    static final String WON = "won";
    static final String BACK = "back";

    static final String YES = "true";
    static final String OURS = "coffer:";
    private static final String ZENML_SCHEMA = "zenml_secret_schema";

    /** @throws AzureFailure.Lost if it is none */
    static AzureVersion of(@Nullable SecretProperties properties, @Nullable String text, @Nullable Instant seen) {
        if (properties == null
                || properties.getVersion() == null
                || properties.getVersion().isEmpty()
                || properties.getCreatedOn() == null) {
            throw new AzureFailure.Lost("the answer is not one of Key Vault", true);
        }
        return new AzureVersion(
                properties.getVersion(),
                tags(properties),
                properties.getCreatedOn().toInstant(),
                text == null ? "" : text,
                properties,
                seen);
    }

    static Map<String, String> tags(SecretProperties properties) {
        return properties.getTags() == null ? Map.of() : properties.getTags();
    }

    static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** The type that tags tell, coffer's before ZenML's. */
    static String schemaType(Map<String, String> tags) {
        String type = tags.getOrDefault(SCHEMA, tags.getOrDefault(ZENML_SCHEMA, ""));
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    /** When the secret was first registered, as tags tell, or else this version was written. */
    static @Nullable Instant firstCreated(Map<String, String> tags, @Nullable Instant otherwise) {
        try {
            return tags.containsKey(CREATED) ? Instant.parse(tags.get(CREATED)) : otherwise;
        } catch (DateTimeException e) {
            return otherwise;
        }
    }

    /**
     * As which a secret is stored, as far as a listing tells; empty if coffer did not write it, as seconds alone tell nothing.
     */
    static Optional<String> revision(Map<String, String> tags, @Nullable Instant written) {
        String write = tags.get(WRITE);
        return write == null || written == null
                ? Optional.empty()
                : Optional.of(write + "@" + written.getEpochSecond() + "@" + schemaType(tags));
    }

    String revision() {
        return revision(tags, created).orElseGet(() -> id + "@" + schemaType(tags));
    }

    boolean isOwned() {
        return YES.equals(tags.get(OWNED));
    }

    /** The write that made it; a version of another tool is a write of its own. */
    String write() {
        return tags.getOrDefault(WRITE, id);
    }

    /** Whether it was made by that very write. */
    boolean isOf(String write) {
        return write.equals(tags.get(WRITE));
    }

    Optional<String> base() {
        return Optional.ofNullable(tags.get(BASE));
    }

    /** Whether others registered the name at the same time, and this version may not be the one that stays. */
    boolean isUnsettled() {
        return YES.equals(tags.get(CONTESTED)) && base().isEmpty();
    }

    /** Whether it is that for longer already, as Azure's clock tells. */
    boolean isUnsettledSince(Duration time) {
        Instant changed = instant(properties.getUpdatedOn());
        return isUnsettled()
                && seen != null
                && Duration.between(changed == null ? created : changed, seen).compareTo(time) > 0;
    }

    /** Whether it is a copy of the version that is its base. */
    boolean isPutBack() {
        return BACK.equals(tags.get(CONTESTED)) && base().isPresent();
    }

    Secret secret(SecretName name) {
        boolean isOurs = isOwned() && tags.containsKey(WRITE);
        AzureValue value = AzureValue.decode(text, isOurs);
        String type = isOwned() ? schemaType(tags) : value.zenmlType().orElse(schemaType(tags));
        return Secret.ofStored(name, type, value.content(), null, firstCreated(tags, created), created);
    }

    /** Nothing of its text or tags. */
    @Override
    public String toString() {
        return "AzureVersion(redacted)";
    }
}
