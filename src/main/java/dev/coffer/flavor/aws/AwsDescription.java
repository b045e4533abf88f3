package dev.coffer.flavor.aws;

import dev.coffer.secrets.Secret;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/**
 * What AWS says of a secret without its value.
 *
 * @param deletion how AWS dates its deletion; empty while it is live
 * @param tags key to value
 * @param stages the labels of each version that has one
 * @param created when it was made
 */
record AwsDescription(
        Optional<Instant> deletion,
        Map<String, String> tags,
        Map<String, List<String>> stages,
        @Nullable Instant created) {
    /** The tag that marks the secrets of coffer; its value is {@link #YES}. */
    static final String OWNED = "coffer:owned";
    /** The tag that holds the type. */
    static final String SCHEMA = "coffer:schema";

    static final String YES = "true";
    static final String CURRENT = "AWSCURRENT";
    static final String PREVIOUS = "AWSPREVIOUS";
    private static final String ZENML_SCHEMA = "zenml_secret_schema";

    static AwsDescription of(DescribeSecretResponse response) {
        return new AwsDescription(
                Optional.ofNullable(response.deletedDate()),
                tags(response.tags()),
                response.hasVersionIdsToStages() ? response.versionIdsToStages() : Map.of(),
                response.createdDate());
    }

    /** Of a live one. */
    static AwsDescription of(SecretListEntry entry) {
        return new AwsDescription(
                Optional.empty(),
                tags(entry.tags()),
                entry.hasSecretVersionsToStages() ? entry.secretVersionsToStages() : Map.of(),
                entry.createdDate());
    }

    static Map<String, String> tags(List<Tag> tags) {
        Map<String, String> found = new HashMap<>();
        for (Tag tag : tags) {
            if (tag.key() != null && tag.value() != null) {
                found.put(tag.key(), tag.value());
            }
        }
        return found;
    }

    boolean isLive() {
        return deletion.isEmpty();
    }

    boolean isOwned() {
        return YES.equals(tags.get(OWNED));
    }

    /** The type that its tags tell, coffer's before ZenML's. */
    String schemaType() {
        String type = tags.getOrDefault(SCHEMA, tags.getOrDefault(ZENML_SCHEMA, ""));
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    /** As which it is stored: the version, and the type, which AWS changes without a version. Empty if it has no value. */
    Optional<String> revision() {
        return current().map(version -> revision(version, schemaType()));
    }

    static String revision(String version, String schemaType) {
        return version + "@" + schemaType;
    }

    /** The version whose value it has. */
    Optional<String> current() {
        return versionWith(CURRENT);
    }

    /** The version that has a label. */
    Optional<String> versionWith(String label) {
        return stages.entrySet().stream()
                .filter(version -> version.getValue().contains(label))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
