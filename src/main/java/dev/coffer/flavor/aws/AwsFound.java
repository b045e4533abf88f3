package dev.coffer.flavor.aws;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;

/** What AWS says of a live secret, and its current value. */
record AwsFound(SecretName name, AwsDescription description, AwsRequests.Version version) {
    /**
     * The content. The caller closes it.
     *
     * @throws dev.coffer.secrets.InvalidException if it has no keys
     */
    Secret secret() {
        AwsValue value = AwsValue.decode(name, version.text(), AwsRequests.isOurs(version.id()));
        String type = description.isOwned()
                ? description.schemaType()
                : value.zenmlType().orElse(description.schemaType());
        return Secret.ofStored(name, type, value.content(), null, description.created(), version.created());
    }

    String revision() {
        return AwsDescription.revision(version.id(), description.schemaType());
    }
}
