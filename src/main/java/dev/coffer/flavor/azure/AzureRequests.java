package dev.coffer.flavor.azure;

import com.azure.core.http.rest.PagedIterable;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.util.Context;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.models.DeletedSecret;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Revisions.RevisionEntry;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The requests that coffer makes of Azure Key Vault, one method each. */
final class AzureRequests {
    private static final String JSON = "application/json";
    private static final int MAX_PAGES = 100_000;

    private final AzureClient client;
    private final AzureNames names;

    AzureRequests(AzureClient client, AzureNames names) {
        this.client = client;
        this.names = names;
    }

    /**
     * A secret that can be recovered.
     *
     * @param id of its last version
     * @param tags of its last version
     * @param deletion when it was deleted
     */
    record Deleted(String id, Map<String, String> tags, Instant deletion) {
        boolean isOwned() {
            return AzureVersion.YES.equals(tags.get(AzureVersion.OWNED));
        }
    }

    // Reading

    /**
     * The current version; empty if there is no live secret of that name.
     *
     * @throws AzureFailure.Refused if it is disabled
     */
    Optional<AzureVersion> current(SecretName name) {
        return version(name, "");
    }

    /** Whether there is a live secret of that name; a disabled one is there, too. */
    boolean isThere(SecretName name) {
        try {
            return current(name).isPresent();
        } catch (AzureFailure.Refused e) {
            if (e.isDisabled()) {
                return true;
            }
            throw e;
        }
    }

    /** One version, or the current one. */
    Optional<AzureVersion> version(SecretName name, String version) {
        return version("read secret " + name, names.of(name), version);
    }

    /** The current version of what has that name in Key Vault, of whatever scope. */
    Optional<AzureVersion> currentAt(String operation, String inAzure) {
        return version(operation, inAzure, "");
    }

    private Optional<AzureVersion> version(String operation, String inAzure, String version) {
        return orMissing(() -> client.repeat(operation, "get", sdk -> {
            Response<KeyVaultSecret> answer = sdk.getSecretWithResponse(inAzure, version, Context.NONE);
            requireText(answer.getValue());
            return proved(inAzure, answer.getValue(), AzureAnswer.date(answer.getHeaders()));
        }));
    }

    private static void requireText(@Nullable KeyVaultSecret found) {
        if (found == null || found.getValue() == null) {
            throw new AzureFailure.Lost("the answer is not one of Key Vault", true);
        }
    }

    /** A server that is none of Azure, or something before it, answers anything. */
    private static AzureVersion proved(String inAzure, @Nullable KeyVaultSecret answered, @Nullable Instant seen) {
        requireName(inAzure, answered == null ? null : answered.getProperties());
        KeyVaultSecret secret = Objects.requireNonNull(answered);
        return AzureVersion.of(secret.getProperties(), secret.getValue(), seen);
    }

    private static void requireName(String inAzure, @Nullable SecretProperties answered) {
        if (answered == null
                || answered.getName() == null
                || !answered.getName().equalsIgnoreCase(inAzure)) {
            throw new AzureFailure.Lost("the answer is not about that secret", true);
        }
    }

    private static <T> Optional<T> orMissing(Supplier<T> request) {
        try {
            return Optional.of(request.get());
        } catch (AzureFailure.Refused e) {
            if (e.isMissing()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All versions, in no order; none if there is no live secret of that name. */
    List<AzureVersion> versions(SecretName name) {
        String inAzure = names.of(name);
        List<AzureVersion> found = new ArrayList<>();
        try {
            pages("list the versions of secret " + name, sdk -> sdk.listPropertiesOfSecretVersions(inAzure), item -> {
                requireName(inAzure, item);
                found.add(AzureVersion.of(item, null, null));
            });
        } catch (AzureFailure.Refused e) {
            if (!e.isMissing()) {
                throw e;
            }
        }
        return found;
    }

    private void pages(
            String operation,
            Function<SecretClient, PagedIterable<SecretProperties>> listing,
            Consumer<SecretProperties> each) {
        Set<String> links = new HashSet<>();
        String link = null;
        do {
            String from = link;
            PagedResponse<SecretProperties> page =
                    client.repeat(operation, "list", sdk -> page(listing.apply(sdk), from));
            try {
                page.getValue().forEach(each);
            } catch (AzureFailure.Lost e) {
                throw client.failed(operation, e.why(), "check the attributes vault and vault-url");
            }
            link = page.getContinuationToken();
            if (link != null && (!links.add(link) || links.size() > MAX_PAGES)) {
                throw client.failed(operation, "the list has no end", "check the attribute vault-url");
            }
        } while (link != null);
    }

    private static PagedResponse<SecretProperties> page(
            PagedIterable<SecretProperties> listing, @Nullable String link) {
        return (link == null ? listing.iterableByPage() : listing.iterableByPage(link))
                .iterator()
                .next();
    }

    /**
     * Refuses a name that Key Vault cannot have.
     *
     * @throws InvalidException if it cannot
     */
    void requireName(SecretName name) {
        names.of(name);
    }

    /** The secrets of the scope by name, whosoever. */
    List<SecretSummary> list() {
        List<SecretSummary> found = new ArrayList<>();
        live().forEach((name, item) -> found.add(summary(name, item)));
        return found;
    }

    /** The same with their revisions, as far as the listing tells them. */
    List<RevisionEntry> listRevisions() {
        List<RevisionEntry> found = new ArrayList<>();
        live().forEach((name, item) -> {
            Map<String, String> tags = AzureVersion.tags(item);
            found.add(new RevisionEntry(
                    name,
                    AzureVersion.revision(tags, AzureVersion.instant(item.getCreatedOn())),
                    Optional.of(AzureVersion.YES.equals(tags.get(AzureVersion.OWNED)))));
        });
        return found;
    }

    /** What the listing tells of one of them, as it does of a disabled one. */
    Optional<RevisionEntry> listed(SecretName name) {
        return listRevisions().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst();
    }

    /** A page can repeat what moved while the pages before were read. */
    private Map<SecretName, SecretProperties> live() {
        Map<SecretName, SecretProperties> found = new TreeMap<>();
        all("list the secrets", item -> names.nameAt(item.getName()).ifPresent(name -> found.putIfAbsent(name, item)));
        return found;
    }

    /** All that is live in the vault, of whatever scope; some perhaps twice. */
    void all(String operation, Consumer<SecretProperties> each) {
        pages(operation, SecretClient::listPropertiesOfSecrets, item -> {
            if (item.getName() == null) {
                throw new AzureFailure.Lost("the answer is not one of Key Vault", true);
            }
            each.accept(item);
        });
    }

    private static SecretSummary summary(SecretName name, SecretProperties item) {
        Map<String, String> tags = AzureVersion.tags(item);
        Instant written = AzureVersion.instant(item.getCreatedOn());
        return new SecretSummary(
                name, AzureVersion.schemaType(tags), null, AzureVersion.firstCreated(tags, written), written);
    }

    /** Empty if there is no deleted secret of that name that can be recovered, or it is not finished deleting. */
    Optional<Deleted> deleted(SecretName name) {
        String inAzure = names.of(name);
        return orMissing(() -> client.repeat("look for the deleted secret " + name, "get", sdk -> {
            DeletedSecret found = sdk.getDeletedSecret(inAzure);
            requireName(inAzure, found.getProperties());
            String last = found.getProperties().getVersion();
            if (found.getDeletedOn() == null || last == null || last.isEmpty()) {
                throw new AzureFailure.Lost("the answer is not one of Key Vault", true);
            }
            return new Deleted(
                    last,
                    AzureVersion.tags(found.getProperties()),
                    found.getDeletedOn().toInstant());
        }));
    }

    /** Why reading would not work, if it would not: lists, and asks for a secret that nobody has. */
    Optional<CofferException> trouble() {
        client.requireOpen();
        try {
            client.repeat("check", "list", sdk -> page(sdk.listPropertiesOfSecrets(), null));
            String nobody = names.ofNobody();
            try {
                client.repeat("check", "get", sdk -> sdk.getSecret(nobody));
            } catch (AzureFailure.Refused e) {
                if (!e.isMissing()) {
                    throw client.refused("check", "get", e);
                }
            }
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        } catch (AzureFailure.Refused e) {
            return Optional.of(client.refused("check", "list", e));
        }
    }

    // Writing: each is sent once, and throws AzureFailure.Lost if nobody knows whether it was done

    /** Writes a version with its tags, which is the current one then. */
    AzureVersion put(SecretName name, String text, Map<String, String> tags) {
        return put(name, text, new SecretProperties().setContentType(JSON).setTags(tags));
    }

    /** The same after a version whose dates stay as they are. */
    AzureVersion putAfter(AzureVersion base, SecretName name, String text, Map<String, String> tags) {
        return put(name, text, dated(base).setContentType(JSON).setTags(tags));
    }

    /** Writes a copy of a version, but for its tags. */
    AzureVersion putCopy(AzureVersion version, SecretName name, Map<String, String> tags) {
        SecretProperties properties = dated(version)
                .setContentType(version.properties().getContentType())
                .setEnabled(version.properties().isEnabled())
                .setTags(tags);
        return put(name, version.text(), properties);
    }

    private static SecretProperties dated(AzureVersion version) {
        return new SecretProperties()
                .setExpiresOn(version.properties().getExpiresOn())
                .setNotBefore(version.properties().getNotBefore());
    }

    private AzureVersion put(SecretName name, String text, SecretProperties properties) {
        String inAzure = names.of(name);
        KeyVaultSecret secret = new KeyVaultSecret(inAzure, text).setProperties(properties);
        return client.once("write secret " + name, "set", sdk -> proved(inAzure, sdk.setSecret(secret), null));
    }

    /** Replaces the tags of a version; done twice, it is as if done once. */
    void tag(SecretName name, AzureVersion version, Map<String, String> tags) {
        String inAzure = names.of(name);
        client.repeat("mark secret " + name, "set", sdk -> {
            SecretProperties answered =
                    sdk.updateSecretProperties(version.properties().setTags(tags));
            requireName(inAzure, answered);
            return answered;
        });
    }

    /** Deletes, which goes on at Azure for a while. */
    void delete(SecretName name) {
        String inAzure = names.of(name);
        client.once("delete secret " + name, "delete", sdk -> sdk.beginDeleteSecret(inAzure));
    }

    /** Makes a deleted secret live, which goes on at Azure for a while. */
    void recover(SecretName name) {
        String inAzure = names.of(name);
        client.once("recover secret " + name, "recover", sdk -> sdk.beginRecoverDeletedSecret(inAzure));
    }

    /** Removes a deleted secret for good, which goes on at Azure for a while. */
    void purge(SecretName name) {
        String inAzure = names.of(name);
        client.once("purge secret " + name, "purge", sdk -> {
            sdk.purgeDeletedSecret(inAzure);
            return name;
        });
    }
}
