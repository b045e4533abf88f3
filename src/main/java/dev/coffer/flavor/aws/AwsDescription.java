package dev.coffer.flavor.aws;

import dev.coffer.secrets.Secret;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
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

    static Map<String, String> tags(List<Tag> tags) {
        Map<String, String> found = new HashMap<>();
        for (Tag tag : tags) {
            if (tag.key() != null && tag.value() != null) {
                found.put(tag.key(), tag.value());
            }
        }
        return found;
    }

    /** The type that tags tell, coffer's before ZenML's. */
    static String schemaType(Map<String, String> tags) {
        String type = tags.getOrDefault(SCHEMA, tags.getOrDefault(ZENML_SCHEMA, ""));
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    boolean isLive() {
        return deletion.isEmpty();
    }

    boolean isOwned() {
        return isOwned(tags);
    }

    static boolean isOwned(Map<String, String> tags) {
        return YES.equals(tags.get(OWNED));
    }

    String schemaType() {
        return schemaType(tags);
    }

    /** As which it is stored; empty if it has no value. */
    Optional<String> revision() {
        return revision(stages, tags);
    }

    /** The version, and the type, which AWS changes without a version. */
    static Optional<String> revision(Map<String, List<String>> stages, Map<String, String> tags) {
        return versionWith(CURRENT, stages).map(version -> revision(version, schemaType(tags)));
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
        return versionWith(label, stages);
    }

    private static Optional<String> versionWith(String label, Map<String, List<String>> stages) {
        return stages.entrySet().stream()
                .filter(version -> version.getValue().contains(label))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
