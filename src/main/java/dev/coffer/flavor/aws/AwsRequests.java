package dev.coffer.flavor.aws;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.CreateSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.DeleteSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;
import software.amazon.awssdk.services.secretsmanager.model.PutSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.RestoreSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;
import software.amazon.awssdk.services.secretsmanager.model.Tag;
import software.amazon.awssdk.services.secretsmanager.model.TagResourceResponse;
import software.amazon.awssdk.services.secretsmanager.model.UpdateSecretVersionStageResponse;

/** The requests that coffer makes of AWS Secrets Manager, one method each. */
final class AwsRequests {
    /** The label of the version that coffer wrote last. There is one for each secret, also where writes were cut off. */
    static final String WRITTEN = "coffer";

    /** What the ids of versions that coffer writes start with; AWS takes 32 to 64 characters. */
    private static final String OURS = "coffer-";

    /** So many values AWS tells at once. */
    static final int TOGETHER = 20;

    private static final int PAGE = 100;
    private static final int MAX_PAGES = 10_000; // twice as many secrets as an account can have

    private final AwsSettings settings;
    private final AwsClient client;
    private final AwsNames names;

    AwsRequests(AwsSettings settings, AwsClient client, AwsNames names) {
        this.settings = settings;
        this.client = client;
        this.names = names;
    }

    /**
     * One version of a value.
     *
     * @param id as AWS has it
     * @param text what it holds
     * @param created when it was written
     */
    record Version(String id, String text, @Nullable Instant created) {
        /** Nothing of its text. */
        @Override
        public String toString() {
            return "Version(redacted)";
        }
    }

    /** The id of a version that is to be written; a request that is sent twice with one id is done once. */
    static String newVersion() {
        return OURS + UUID.randomUUID();
    }

    /** Whether coffer wrote a version. */
    static boolean isOurs(String version) {
        return version.startsWith(OURS);
    }

    /**
     * Refuses a name that AWS cannot have.
     *
     * @throws InvalidException if it cannot
     */
    void requireName(SecretName name) {
        names.of(name);
    }

    // Reading

    /** Empty if there is no secret of that name, nor a deleted one that can be recovered. */
    Optional<AwsDescription> describe(SecretName name) {
        String operation = "look at secret " + name;
        String id = names.of(name);
        Sent<DescribeSecretResponse> sent =
                client.repeat(operation, "DescribeSecret", sdk -> sdk.describeSecret(request -> request.secretId(id)));
        if (sent.isRefused(Refusal.NOT_FOUND)) {
            return Optional.empty();
        }
        DescribeSecretResponse response = sent.required();
        requireName(operation, id, response.name());
        return Optional.of(AwsDescription.of(response));
    }

    /** AWS could take the end of a name for the end of an ARN; and a server that is none of AWS answers anything. */
    private void requireName(String operation, String asked, @Nullable String answered) {
        if (!asked.equals(answered)) {
            throw client.failed(
                    operation, "the answer is not about that secret", "check the attributes region and endpoint");
        }
    }

    /** Empty if the secret or that version of it is not there, or it is deleted. */
    Optional<Version> value(SecretName name, String version) {
        String operation = "read secret " + name;
        String id = names.of(name);
        Sent<GetSecretValueResponse> sent = client.repeat(
                operation,
                "GetSecretValue",
                sdk -> sdk.getSecretValue(request -> request.secretId(id).versionId(version)));
        if (sent.isRefused(Refusal.NOT_FOUND, Refusal.NOT_NOW)) {
            return Optional.empty();
        }
        GetSecretValueResponse response = sent.required();
        requireName(operation, id, response.name());
        if (!version.equals(response.versionId())) {
            throw client.failed(operation, "the answer is not that version", "try again");
        }
        return Optional.of(version(version, response.secretString(), response.createdDate()));
    }

    /**
     * The current versions of several secrets at once, of those of which AWS tells one. Empty if that is not allowed.
     *
     * @param some as many as {@link #TOGETHER} at most
     */
    Optional<Map<SecretName, Version>> values(List<SecretName> some) {
        Map<String, SecretName> ids = new HashMap<>();
        some.stream().filter(names::isLegal).forEach(name -> ids.put(names.of(name), name));
        if (ids.isEmpty()) {
            return Optional.of(Map.of());
        }
        Sent<BatchGetSecretValueResponse> sent = client.repeatIfOffered(
                "read " + ids.size() + " secrets",
                "BatchGetSecretValue",
                sdk -> sdk.batchGetSecretValue(request -> request.secretIdList(ids.keySet())));
        if (sent.isRefused()) {
            return Optional.empty();
        }
        Map<SecretName, Version> found = new HashMap<>();
        for (SecretValueEntry entry : sent.required().secretValues()) {
            SecretName name = entry.name() == null ? null : ids.get(entry.name());
            boolean isCurrent = entry.versionStages().contains(AwsDescription.CURRENT); // moto tells others as well
            if (name != null && entry.versionId() != null && isCurrent) {
                found.put(name, version(entry.versionId(), entry.secretString(), entry.createdDate()));
            }
        }
        return Optional.of(found);
    }

    /** A binary one has no text. */
    private static Version version(String id, @Nullable String text, @Nullable Instant created) {
        return new Version(id, text == null ? "" : text, created);
    }

    /** The secrets of the scope, whosoever, sorted by name. */
    SortedMap<SecretName, SecretListEntry> list() {
        return list(MAX_PAGES, true);
    }

    /**
     * What the first pages of the listing say.
     *
     * @param pages how many at most
     */
    Map<SecretName, AwsDescription> list(int pages) {
        return descriptions(list(pages, false));
    }

    static Map<SecretName, AwsDescription> descriptions(Map<SecretName, SecretListEntry> entries) {
        Map<SecretName, AwsDescription> descriptions = new HashMap<>();
        entries.forEach((name, entry) -> descriptions.put(name, AwsDescription.of(entry)));
        return descriptions;
    }

    /** A page can repeat what moved while the pages before were read. */
    private SortedMap<SecretName, SecretListEntry> list(int pages, boolean isWhole) {
        SortedMap<SecretName, SecretListEntry> found = new TreeMap<>();
        Set<String> tokens = new HashSet<>();
        String token = null;
        do {
            ListSecretsResponse page = page(token, PAGE);
            for (SecretListEntry entry : page.secretList()) {
                if (entry.deletedDate() == null && entry.name() != null) {
                    names.nameAt(entry.name()).ifPresent(name -> found.putIfAbsent(name, entry));
                }
            }
            token = page.nextToken();
            boolean isEndless = token != null && (!tokens.add(token) || tokens.size() > MAX_PAGES);
            if (isWhole && isEndless) {
                throw client.failed("list the secrets", "the list has no end", "check the attribute endpoint");
            }
        } while (token != null && (isWhole || tokens.size() < pages));
        return found;
    }

    private ListSecretsResponse page(@Nullable String token, int size) {
        Sent<ListSecretsResponse> sent = client.repeat(
                "list the secrets",
                "ListSecrets",
                sdk -> sdk.listSecrets(request -> {
                    request.maxResults(size).nextToken(token);
                    if (!names.prefix().isEmpty()) {
                        request.filters(Filter.builder()
                                .key(FilterNameStringType.NAME)
                                .values(names.prefix())
                                .build());
                    }
                }));
        ListSecretsResponse page = sent.required();
        if (!page.hasSecretList()) {
            throw client.failed(
                    "list the secrets", "the answer is no list", "check the attributes region and endpoint");
        }
        return page;
    }

    /** Whether reading would work: lists, and asks for a secret that nobody has. */
    void check() {
        page(null, 1);
        String nobody = names.ofNobody();
        Sent<DescribeSecretResponse> described = client.repeat(
                "check", "DescribeSecret", sdk -> sdk.describeSecret(request -> request.secretId(nobody)));
        if (!described.isRefused(Refusal.NOT_FOUND)) {
            described.required();
        }
        Sent<GetSecretValueResponse> read = client.repeat(
                "check", "GetSecretValue", sdk -> sdk.getSecretValue(request -> request.secretId(nobody)));
        if (!read.isRefused(Refusal.NOT_FOUND, Refusal.NOT_NOW)) {
            read.required();
        }
    }

    // Writing

    /** With its tags in the same request. */
    Sent<CreateSecretResponse> create(SecretName name, String type, String text, String version) {
        String id = names.of(name);
        return proved(
                client.once(
                        "write secret " + name,
                        "CreateSecret",
                        sdk -> sdk.createSecret(request -> request.name(id)
                                .secretString(text)
                                .clientRequestToken(version)
                                .kmsKeyId(settings.kmsKey().orElse(null))
                                .tags(tags(type)))),
                "write secret " + name,
                CreateSecretResponse::versionId);
    }

    /** An answer that does not name what was done is not one of AWS, and proves nothing. */
    private <T> Sent<T> proved(Sent<T> sent, String operation, Function<T, @Nullable String> proof) {
        if (sent.isAnswered() && proof.apply(sent.required()) == null) {
            String why = "the answer is not one of AWS";
            return Sent.unknown(
                    why,
                    client.failed(
                            operation, why + AwsClient.UNKNOWN, "check the attribute endpoint, and AWS_ENDPOINT_URL"));
        }
        return sent;
    }

    private static List<Tag> tags(String type) {
        return List.of(tag(AwsDescription.OWNED, AwsDescription.YES), tag(AwsDescription.SCHEMA, type));
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    /** Writes a version that is not current yet, unless it is the first; sent twice, it is done once. */
    Sent<PutSecretValueResponse> put(SecretName name, String text, String version) {
        String id = names.of(name);
        return proved(
                client.repeat(
                        "write secret " + name,
                        "PutSecretValue",
                        sdk -> sdk.putSecretValue(request -> request.secretId(id)
                                .secretString(text)
                                .clientRequestToken(version)
                                .versionStages(WRITTEN))),
                "write secret " + name,
                PutSecretValueResponse::versionId);
    }

    /** Makes a version current, if another one still is. */
    Sent<UpdateSecretVersionStageResponse> move(SecretName name, @Nullable String from, String to) {
        String id = names.of(name);
        return proved(
                client.once(
                        "write secret " + name,
                        "UpdateSecretVersionStage",
                        sdk -> sdk.updateSecretVersionStage(request -> request.secretId(id)
                                .versionStage(AwsDescription.CURRENT)
                                .removeFromVersionId(from)
                                .moveToVersionId(to))),
                "write secret " + name,
                UpdateSecretVersionStageResponse::name);
    }

    /** Puts coffer's mark and the type on a secret. */
    Sent<TagResourceResponse> mark(SecretName name, String type) {
        String id = names.of(name);
        return client.repeat(
                "mark secret " + name,
                "TagResource",
                sdk -> sdk.tagResource(request -> request.secretId(id).tags(tags(type))));
    }

    /**
     * Deletes.
     *
     * @param forGood whether it cannot be recovered then
     */
    Sent<DeleteSecretResponse> delete(SecretName name, boolean forGood) {
        String id = names.of(name);
        String operation = (forGood ? "purge secret " : "delete secret ") + name;
        return proved(
                client.once(
                        operation,
                        "DeleteSecret",
                        sdk -> sdk.deleteSecret(request -> {
                            request.secretId(id);
                            if (forGood) {
                                request.forceDeleteWithoutRecovery(true);
                            } else {
                                request.recoveryWindowInDays((long) settings.recoveryDays());
                            }
                        })),
                operation,
                DeleteSecretResponse::name);
    }

    /** Makes a deleted secret live; done twice, it is as if done once. */
    Sent<RestoreSecretResponse> restore(SecretName name) {
        String id = names.of(name);
        return proved(
                client.repeat(
                        "recover secret " + name,
                        "RestoreSecret",
                        sdk -> sdk.restoreSecret(request -> request.secretId(id))),
                "recover secret " + name,
                RestoreSecretResponse::name);
    }
}
