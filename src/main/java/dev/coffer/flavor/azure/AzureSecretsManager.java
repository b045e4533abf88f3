package dev.coffer.flavor.azure;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.SchemaGrammar;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Secrets in Azure Key Vault, each with its type and coffer's mark in one request. Key Vault compares nothing before it
 * writes, so each write lists the versions afterwards, and says so if somebody else wrote at the same time; what was
 * overwritten is still there as a version.
 *
 * <pre>
 * requests: register 3, get 1, update 3, delete 3, list of N 1 for each 25 secrets of the vault
 * </pre>
 *
 * <p>A revision is the mark of coffer's write with its time, or the id of a version that another tool wrote.
 */
final class AzureSecretsManager implements SecretsManager, Owned, Recoverable, Revisions, ProviderLimits {
    /** Of what makes a version, Key Vault takes 300 in ten seconds. */
    private static final double WRITES_PER_SECOND = 30;

    private static final String DELETE_ALL = "delete all secrets";

    private static final int MAX_TAGS = 15;
    private static final int OWN_TAGS = 5;

    private final ComponentDefinition definition;
    private final SecretSchemas schemas;
    private final AzureSettings settings;
    private final AzureClient client;
    private final AzureRequests requests;
    private final AzureCurrent currents;
    private final AzureDeletions deletions;

    AzureSecretsManager(
            ComponentDefinition definition,
            SecretSchemas schemas,
            AzureSettings settings,
            AzureClient client,
            AzureNames names) {
        this.definition = definition;
        this.schemas = schemas;
        this.settings = settings;
        this.client = client;
        this.requests = new AzureRequests(client, names);
        this.currents = new AzureCurrent(client, requests);
        this.deletions = new AzureDeletions(client, requests, settings.patience());
    }

    @Override
    public Optional<String> place() {
        return Optional.of(settings.place());
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    private <T> T told(String operation, Supplier<T> work) {
        return client.told(operation, work);
    }

    // Reading

    private AzureVersion live(SecretName name) {
        return requests.current(name).orElseThrow(() -> new NoSuchSecretException(name));
    }

    private AzureVersion owned(SecretName name) {
        return requireOwned(name, requests.current(name));
    }

    private static AzureVersion requireOwned(SecretName name, Optional<AzureVersion> found) {
        AzureVersion current = found.orElseThrow(() -> new NoSuchSecretException(name));
        if (!current.isOwned()) {
            throw foreign(name);
        }
        return current;
    }

    /** Settled, if several registered it at the same time; its revision may have become another one by that. */
    private AzureVersion owned(SecretName name, Optional<String> expected) {
        AzureVersion seen = owned(name);
        AzureVersion now = seen.isUnsettled() ? requireOwned(name, currents.settled(name)) : seen;
        boolean isPutBack = seen.isUnsettled() && now.isPutBack();
        if (expected.isPresent()
                && !expected.get().equals(now.revision())
                && !(isPutBack && expected.get().equals(seen.revision()))) {
            throw new ConflictException(
                    "secret " + name + " was changed by somebody else; nothing was written",
                    name.value(),
                    "read it again");
        }
        return now;
    }

    private AzureCurrent.Standing standing(SecretName name) {
        return currents.read(name).orElseThrow(() -> new NoSuchSecretException(name));
    }

    @Override
    public Secret getSecret(SecretName name) {
        return told("read secret " + name, () -> standing(name).content().secret(name));
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return listSecrets().stream().map(SecretSummary::name).toList();
    }

    /** Without reading a value. */
    @Override
    public List<SecretSummary> listSecrets() {
        return told("list the secrets", requests::list);
    }

    // Revisions

    @Override
    public List<RevisionEntry> listRevisions() {
        return told("list the secrets", requests::listRevisions);
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        return told("read secret " + name, () -> found(name));
    }

    /** A disabled one cannot be read, but is listed. */
    private Optional<RevisionEntry> found(SecretName name) {
        try {
            return requests.current(name)
                    .map(found -> new RevisionEntry(name, Optional.of(found.revision()), Optional.of(found.isOwned())));
        } catch (AzureFailure.Refused e) {
            if (!e.isDisabled()) {
                throw e;
            }
            return requests.listed(name);
        }
    }

    @Override
    public Revised getRevised(SecretName name) {
        return told("read secret " + name, () -> {
            AzureCurrent.Standing found = standing(name);
            return new Revised(found.content().secret(name), found.current().revision());
        });
    }

    @Override
    public String registerRevised(Secret secret) {
        registerSecret(secret);
        return written(schemas.fit(secret));
    }

    @Override
    public String updateRevised(Secret secret, String expected) {
        Secret fit = schemas.fit(secret);
        AzureValue.encode(fit);
        update(fit.name(), Optional.of(expected), stored -> fit, false);
        return written(fit);
    }

    /** What is there now must be what was written: else its revision is somebody else's. */
    private String written(Secret fit) {
        Revised now = getRevised(fit.name());
        try (Secret there = now.secret()) {
            if (!there.sameContentAs(fit)) {
                throw new ConflictException(
                        "secret " + fit.name() + " is written, and somebody else changed it right after",
                        fit.name().value(),
                        "read it again");
            }
            return now.revision();
        }
    }

    /** Key Vault compares nothing when it deletes: it is looked at right before. */
    @Override
    public void deleteRevised(SecretName name, String expected) {
        delete(name, Optional.of(expected));
    }

    // Limits

    @Override
    public Optional<InvalidException> refusal(Secret secret) {
        try {
            AzureValue.encode(secret);
            requests.requireName(secret.name());
            return Optional.empty();
        } catch (InvalidException e) {
            return Optional.of(e);
        }
    }

    @Override
    public double writesPerSecond() {
        return WRITES_PER_SECOND;
    }

    // Registering

    @Override
    public WriteReceipt registerSecret(Secret secret) {
        Secret fit = schemas.fit(secret);
        String text = AzureValue.encode(fit);
        return told("register secret " + fit.name(), () -> register(fit, text));
    }

    private WriteReceipt register(Secret fit, String text) {
        SecretName name = fit.name();
        if (requests.isThere(name)) {
            throw new SecretExistsException(name);
        }
        String write = UUID.randomUUID().toString();
        Map<String, String> tags = tags(Map.of(), fit.schemaType(), write);
        AzurePatience waiting = new AzurePatience(client, settings.patience());
        for (int attempt = 1; ; attempt++) {
            try {
                requests.put(name, text, tags);
                break;
            } catch (AzureFailure.Refused e) {
                Optional<AzureRequests.Deleted> deleted = inTheWay(name, e);
                if (deleted.isPresent()) {
                    return replaceDeleted(fit, text, write, deleted.get());
                }
                if (!waiting.mayLookAgain()) {
                    throw client.busy("register secret " + name);
                }
            } catch (AzureFailure.Lost e) {
                if (isWritten(name, write, e)) {
                    break;
                }
                if (attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown("register secret " + name, e);
                }
                client.pause(attempt);
            }
        }
        return settled(name, write);
    }

    /** The deleted secret that has the name; empty if Azure is busy with it. */
    private Optional<AzureRequests.Deleted> inTheWay(SecretName name, AzureFailure.Refused refused) {
        if (!refused.isConflict()) {
            throw refused;
        }
        return refused.isOnTheWay() ? Optional.empty() : requests.deleted(name);
    }

    /** Whether a registration was done whose answer was lost; false if the name is free. */
    private boolean isWritten(SecretName name, String write, AzureFailure.Lost lost) {
        List<AzureVersion> versions = lookedFor("register secret " + name, name, lost);
        if (versions.isEmpty()) {
            return false;
        }
        if (versions.stream().noneMatch(version -> version.isOf(write))) {
            throw new SecretExistsException(name);
        }
        return true;
    }

    /** What is there, after a write whose answer was lost. */
    private List<AzureVersion> lookedFor(String operation, SecretName name, AzureFailure.Lost lost) {
        try {
            return requests.versions(name);
        } catch (CofferException | AzureFailure | IllegalStateException e) {
            throw with(client.unknown(operation, lost), e);
        }
    }

    /** What failures of the transport say is in the error already. */
    private static RemoteException with(RemoteException told, RuntimeException e) {
        if (!(e instanceof AzureFailure)) {
            told.addSuppressed(e);
        }
        return told;
    }

    private WriteReceipt settled(SecretName name, String write) {
        boolean isWon;
        try {
            isWon = new AzureRegistration(client, requests, name, write).isWon();
        } catch (CofferException | AzureFailure | IllegalStateException e) {
            throw with(
                    client.failed(
                            "register secret " + name,
                            "it is written, but it is not known whether somebody else registered it at the same time",
                            "look at it; an update replaces it"),
                    e);
        }
        if (!isWon) {
            throw new SecretExistsException(name);
        }
        return written(name);
    }

    private static WriteReceipt written(SecretName name) {
        return new WriteReceipt(name, null, true);
    }

    /** First it is live with what it was, and then it is replaced; if somebody else is quicker, the name is theirs. */
    private WriteReceipt replaceDeleted(Secret fit, String text, String write, AzureRequests.Deleted deleted) {
        SecretName name = fit.name();
        if (!settings.restoreOnRegister()) {
            throw SecretExistsException.ofDeleted(
                    name,
                    deleted.deletion(),
                    "recover it, purge it, or set --" + AzureSettings.RESTORE_ON_REGISTER + "=true to replace it");
        }
        if (!deleted.isOwned()) {
            throw foreign(name);
        }
        requireTags(name, tags(deleted.tags(), fit.schemaType(), write).size() + 1);
        if (!deletions.recover(name)) {
            throw new SecretExistsException(name);
        }
        try {
            return told("register secret " + name, () -> replaceRecovered(fit, text, write, deleted));
        } catch (SecretExistsException e) {
            throw e;
        } catch (NoSuchSecretException e) {
            throw new ConflictException(
                    "the deleted secret " + name + " was recovered, and deleted again by somebody else before it was"
                            + " replaced",
                    name.value(),
                    "register it again");
        } catch (CofferException | IllegalStateException e) {
            throw liveAgain(name, e);
        }
    }

    private WriteReceipt replaceRecovered(Secret fit, String text, String write, AzureRequests.Deleted deleted) {
        SecretName name = fit.name();
        AzureVersion base = live(name);
        if (!base.id().equals(deleted.id()) || !base.isOwned()) {
            throw new SecretExistsException(name); // somebody was quicker, and has written it since
        }
        Map<String, String> tags = tags(base.tags(), fit.schemaType(), write);
        tags.put(AzureVersion.BASE, base.id());
        replace(name, base, text, tags, write);
        return written(name);
    }

    /** The same error, with what became of the deleted secret. */
    private static CofferException liveAgain(SecretName name, RuntimeException e) {
        String sentence =
                "the deleted secret " + name + " is live again, perhaps with its old content: " + e.getMessage();
        String hint = "look at it; an update replaces it, and a deletion deletes it again";
        if (e instanceof ConflictException) {
            return new ConflictException(sentence, name.value(), hint);
        }
        if (e instanceof InvalidException) {
            return new InvalidException(sentence, name.value(), hint);
        }
        return new RemoteException(sentence, name.value(), hint);
    }

    /** Tags of others are kept. */
    private static Map<String, String> tags(Map<String, String> before, String type, String write) {
        Map<String, String> tags = new HashMap<>();
        before.forEach((key, value) -> {
            if (!key.startsWith(AzureVersion.OURS)) {
                tags.put(key, value);
            }
        });
        tags.put(AzureVersion.OWNED, AzureVersion.YES);
        tags.put(AzureVersion.SCHEMA, type);
        tags.put(AzureVersion.WRITE, write);
        return tags;
    }

    // Updating

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        Secret fit = schemas.fit(secret);
        AzureValue.encode(fit);
        return update(fit.name(), Optional.empty(), stored -> fit, false);
    }

    /** What is changed is what was read: a change in between is told, and not undone. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        return update(name, Optional.empty(), stored -> schemas.fit(patch.applyTo(stored)), true);
    }

    private static void requireSettled(SecretName name, AzureVersion base) {
        if (base.isUnsettled()) {
            throw new ConflictException(
                    "secret " + name + " was registered by several at the same time, and it is not settled whose it is;"
                            + " nothing was written",
                    name.value(),
                    "look at it, and update it with all that it should be");
        }
    }

    private WriteReceipt update(
            SecretName name, Optional<String> expected, UnaryOperator<Secret> next, boolean isOfStored) {
        return told("update secret " + name, () -> {
            AzureVersion base = owned(name, expected);
            if (isOfStored) {
                requireSettled(name, base);
            }
            String write = UUID.randomUUID().toString();
            String text;
            Map<String, String> tags;
            try (Secret stored = base.secret(name)) {
                Secret fit = next.apply(stored);
                if (stored.sameContentAs(fit)) {
                    return new WriteReceipt(name, null, false);
                }
                text = AzureValue.encode(fit);
                tags = tags(base.tags(), fit.schemaType(), write);
            }
            Instant created = AzureVersion.firstCreated(base.tags(), base.created());
            tags.put(AzureVersion.CREATED, String.valueOf(created));
            tags.put(AzureVersion.BASE, base.id());
            replace(name, base, text, tags, write);
            return written(name);
        });
    }

    /**
     * Writes a version after another one.
     *
     * @throws ConflictException if somebody else wrote one after the same base
     */
    private void replace(SecretName name, AzureVersion base, String text, Map<String, String> tags, String write) {
        String operation = "update secret " + name;
        requireTags(name, tags.size());
        AzurePatience waiting = new AzurePatience(client, settings.patience());
        for (int attempt = 1; ; attempt++) {
            try {
                requireAlone(operation, name, base, requests.putAfter(base, name, text, tags), write);
                return;
            } catch (AzureFailure.Refused e) {
                if (e.isDeleted() || e.isBeingDeleted()) {
                    throw new NoSuchSecretException(name); // meanwhile
                }
                if (!e.isOnTheWay()) {
                    throw e;
                }
                if (!waiting.mayLookAgain()) {
                    throw client.busy(operation);
                }
            } catch (AzureFailure.Lost e) {
                List<AzureVersion> versions = lookedFor(operation, name, e);
                Optional<AzureVersion> own = ownOf(versions, write);
                if (own.isPresent()) {
                    requireAlone(operation, name, base, own.get(), write);
                    return;
                }
                if (attempt >= Pauses.ATTEMPTS
                        || !rivals(base, Optional.empty(), write, versions).isEmpty()
                        || versions.isEmpty()) {
                    throw client.unknown(operation, e);
                }
                client.pause(attempt);
            }
        }
    }

    /** The first one, if it was sent twice. */
    private static Optional<AzureVersion> ownOf(List<AzureVersion> versions, String write) {
        return versions.stream()
                .filter(version -> version.isOf(write))
                .min((one, other) -> one.created().compareTo(other.created()));
    }

    private static void requireTags(SecretName name, int count) {
        if (count > MAX_TAGS) {
            throw new InvalidException(
                    "secret " + name + " would have " + count + " tags in Key Vault, where " + MAX_TAGS
                            + " is the limit",
                    name.value(),
                    "coffer needs " + OWN_TAGS + " of them: remove some of the others");
        }
    }

    private void requireAlone(String operation, SecretName name, AzureVersion base, AzureVersion own, String write) {
        Optional<ConflictException> conflict;
        try {
            conflict = conflict(operation, name, base, own, write);
        } catch (CofferException | AzureFailure | IllegalStateException e) {
            throw with(
                    client.failed(
                            operation,
                            "it is written, but it is not known whether somebody else wrote too",
                            "look at it"),
                    e);
        }
        if (conflict.isPresent()) {
            throw conflict.get();
        }
    }

    /** A listing may be behind: it says nothing before it has what was just written. */
    private Optional<ConflictException> conflict(
            String operation, SecretName name, AzureVersion base, AzureVersion own, String write) {
        for (int attempt = 1; ; attempt++) {
            List<AzureVersion> versions = requests.versions(name);
            Optional<ConflictException> conflict = conflict(name, base, own, write, versions);
            if (conflict.isPresent() || ownOf(versions, write).isPresent()) {
                return conflict;
            }
            if (attempt == Pauses.ATTEMPTS) {
                throw client.failed(operation, "it is not listed", null);
            }
            client.pause(attempt);
        }
    }

    private Optional<ConflictException> conflict(
            SecretName name, AzureVersion base, AzureVersion own, String write, List<AzureVersion> versions) {
        Optional<AzureVersion> listedBase = versions.stream()
                .filter(version -> version.id().equals(base.id()))
                .findFirst();
        if (listedBase.isEmpty() && ownOf(versions, write).isPresent()) {
            return Optional.of(new ConflictException(
                    "secret " + name + " was purged by somebody else at the same time; what coffer wrote is there anew",
                    name.value(),
                    "delete it, if it should be gone"));
        }
        if (!base.isUnsettled() && listedBase.filter(AzureVersion::isUnsettled).isPresent()) {
            return Optional.of(new ConflictException(
                    "secret " + name
                            + " was registered by somebody else at the same time, and what coffer wrote replaced"
                            + " that, version " + base.id() + " in Key Vault",
                    name.value(),
                    "look at all versions, and write what they should be"));
        }
        List<AzureVersion> rivals = rivals(base, Optional.of(own), write, versions);
        Instant written = own.created();
        if (rivals.stream().allMatch(rival -> rival.created().isAfter(written))) {
            return Optional.empty(); // if there are any, it is them who are told
        }
        boolean isCurrent =
                requests.current(name).filter(version -> version.isOf(write)).isPresent();
        if (rivals.size() == 1 && rivals.get(0).created().equals(written) && !isCurrent) {
            return Optional.empty(); // the other one came after this one
        }
        return Optional.of(new ConflictException(
                "secret " + name + " was written by somebody else at the same time; what coffer wrote is version "
                        + own.id() + " in Key Vault and " + (isCurrent ? "" : "not ")
                        + "the current one, and the other change is version "
                        + rivals.get(0).id(),
                name.value(),
                "look at both, and write what they should be"));
    }

    /** Versions that were written after the base, and neither after this write nor on top of it. */
    private static List<AzureVersion> rivals(
            AzureVersion base, Optional<AzureVersion> own, String write, List<AzureVersion> versions) {
        List<AzureVersion> rivals = new ArrayList<>();
        for (AzureVersion version : versions) {
            if (version.isOf(write) || version.id().equals(base.id())) {
                continue;
            }
            boolean isOfSameBase = version.base().equals(Optional.of(base.id()));
            boolean isBetween = version.created().isAfter(base.created())
                    && own.map(one -> !version.created().isAfter(one.created())).orElse(true);
            if (isOfSameBase || (isBetween && !isOnTopOf(own, write, version, versions))) {
                rivals.add(version);
            }
        }
        return rivals;
    }

    /** Whether a version replaced one of this write, or one that did, and so on. */
    private static boolean isOnTopOf(
            Optional<AzureVersion> own, String write, AzureVersion version, List<AzureVersion> versions) {
        Map<String, AzureVersion> byId = new HashMap<>();
        own.ifPresent(one -> byId.put(one.id(), one));
        versions.forEach(one -> byId.put(one.id(), one));
        Optional<AzureVersion> at = Optional.of(version);
        for (int step = 0; step <= byId.size() && at.isPresent(); step++) {
            if (at.get().isOf(write)) {
                return true;
            }
            at = at.flatMap(AzureVersion::base).map(byId::get);
        }
        return false;
    }

    // Deleting

    @Override
    public void deleteSecret(SecretName name) {
        delete(name, Optional.empty());
    }

    private void delete(SecretName name, Optional<String> expected) {
        told("delete secret " + name, () -> {
            AzureVersion seen = owned(name, expected);
            deletions.delete(name, seen.id());
            Optional<AzureRequests.Deleted> deleted = deletions.awaitDeleted(name);
            if (deleted.isPresent()) {
                requireSame(name, deleted.get(), expected.map(any -> seen.id()));
            }
            return name;
        });
    }

    /** Between the look and the deletion somebody may have written: that is live again then. */
    private void requireSame(SecretName name, AzureRequests.Deleted deleted, Optional<String> seen) {
        if (!deleted.isOwned()) {
            deletions.takeBack(name);
            throw foreign(name);
        }
        if (seen.filter(id -> !id.equals(deleted.id())).isPresent()) {
            deletions.takeBack(name);
            throw new ConflictException(
                    "secret " + name + " was changed by somebody else right before it was deleted, so it is live again",
                    name.value(),
                    "read it again");
        }
    }

    /** Each is looked at by its own name, as the tags of a listing may be old, but for those that are disabled. */
    @Override
    public void deleteAllSecrets() {
        List<SecretName> deleted = new ArrayList<>();
        RuntimeException trouble = null;
        try {
            told(DELETE_ALL, () -> deleteAllInto(deleted));
        } catch (CofferException | IllegalStateException e) {
            trouble = e;
        }
        Map<SecretName, String> left = deletions.takeBackOfOthers(deleted);
        if (!left.isEmpty()) {
            throw notTakenBack(left, trouble);
        }
        if (trouble != null) {
            throw trouble;
        }
    }

    private RemoteException notTakenBack(Map<SecretName, String> left, @Nullable RuntimeException trouble) {
        String names =
                String.join(", ", left.keySet().stream().map(SecretName::value).toList());
        String sentence =
                "somebody else wrote " + names + " right before coffer deleted it, and it cannot be recovered now: "
                        + left.values().iterator().next();
        String hint = "recover " + names;
        return trouble == null
                ? client.failed(DELETE_ALL, sentence, hint)
                : new RemoteException(trouble.getMessage() + ". Besides, " + sentence, definition.name(), hint);
    }

    private List<SecretName> deleteAllInto(List<SecretName> deleted) {
        for (RevisionEntry entry : requests.listRevisions()) {
            Optional<String> owned = idOfOwned(entry);
            if (owned.isPresent()) {
                try {
                    deletions.delete(entry.name(), owned.get());
                    deleted.add(entry.name());
                } catch (NoSuchSecretException e) {
                    // Deleted by somebody else.
                }
            }
        }
        return deleted;
    }

    /** The id of the current version; without text if it is disabled, as it cannot be read then. */
    private Optional<String> idOfOwned(RevisionEntry entry) {
        try {
            return currents.settled(entry.name()).filter(AzureVersion::isOwned).map(AzureVersion::id);
        } catch (AzureFailure.Refused e) {
            if (!e.isDisabled()) {
                throw e;
            }
            return entry.owned().orElse(false) ? Optional.of("") : Optional.empty();
        }
    }

    // Recovering

    @Override
    public WriteReceipt recoverSecret(SecretName name) {
        return told("recover secret " + name, () -> {
            Optional<AzureRequests.Deleted> deleted = requests.deleted(name);
            if (deleted.isEmpty()) {
                throw requests.isThere(name) ? new SecretExistsException(name) : new NoSuchSecretException(name);
            }
            if (!deleted.get().isOwned()) {
                throw foreign(name);
            }
            if (!deletions.recover(name)) {
                throw new SecretExistsException(name);
            }
            return written(name);
        });
    }

    /** Recoverable ones go for good, too. */
    @Override
    public void purgeSecret(SecretName name) {
        told("purge secret " + name, () -> {
            Optional<AzureVersion> live = currents.settled(name);
            if (live.isPresent()) {
                requireOwned(name, live);
                deletions.delete(name, live.get().id());
                requireSame(
                        name,
                        deletions.requireDeleted(name),
                        Optional.of(live.get().id()));
            } else if (!requests.deleted(name)
                    .orElseThrow(() -> new NoSuchSecretException(name))
                    .isOwned()) {
                throw foreign(name);
            }
            deletions.purge(name);
            return name;
        });
    }

    // Ownership

    @Override
    public boolean isOwned(SecretName name) {
        return told(
                "look at secret " + name,
                () -> found(name)
                        .orElseThrow(() -> new NoSuchSecretException(name))
                        .owned()
                        .orElse(false));
    }

    /** With tags alone; its value stays as it is. */
    @Override
    public void adopt(SecretName name) {
        told("adopt secret " + name, () -> {
            AzureVersion current = live(name);
            if (!current.isOwned()) {
                try (Secret secret = current.secret(name)) {
                    String type = secret.schemaType();
                    Map<String, String> tags = new HashMap<>(current.tags());
                    tags.keySet().removeIf(key -> key.startsWith(AzureVersion.OURS));
                    tags.put(AzureVersion.OWNED, AzureVersion.YES);
                    tags.put(AzureVersion.SCHEMA, SchemaGrammar.isValid(type) ? type : Secret.ARBITRARY);
                    requireTags(name, tags.size() + OWN_TAGS - 2);
                    requests.tag(name, current, tags);
                    if (!live(name).id().equals(current.id())) {
                        throw new ConflictException(
                                "secret " + name
                                        + " was written by somebody else at the same time, and that is not adopted",
                                name.value(),
                                "look at it, and adopt it again");
                    }
                }
            }
            return name;
        });
    }

    /** The error of a change to what is somebody else's. */
    private static ConflictException foreign(SecretName name) {
        return new ConflictException(
                "secret " + name + " was not made by coffer, or was written since by another tool, and stays as it is",
                name.value(),
                "change it with the tool that made it, or adopt it");
    }

    // Life cycle

    /** What writing needs is not tried: Azure tells it to nobody who does not write. */
    @Override
    public Optional<CofferException> check() {
        return requests.trouble();
    }

    @Override
    public void close() {
        client.close();
    }
}
