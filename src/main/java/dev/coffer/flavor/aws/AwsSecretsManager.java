package dev.coffer.flavor.aws;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.BulkReads;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/**
 * Secrets in AWS Secrets Manager. Whether one exists, AWS says when it is asked for it by its name, and never a listing,
 * which can be five minutes behind.
 *
 * <pre>
 * requests: register 1, get 2, get N after a listing 1 for each 20, update 4 (with another type 5),
 *     delete 2 (of one revision 3), list of N 1 for each 100
 * </pre>
 *
 * <p>The type is in a tag, which AWS changes in a request of its own: after the value, so that whoever reads in between has
 * the new keys under the old type. Of two who change the type of one secret at the same time, one may set its type and the
 * other its content.
 *
 * <p>A revision is the id of the version, and the type.
 */
final class AwsSecretsManager implements SecretsManager, BulkReads, Owned, Recoverable, Revisions, ProviderLimits {
    /** AWS takes 50 in a second of those that write a value or move a label, and an update is one of each. */
    private static final double WRITES_PER_SECOND = 25;

    private static final int ATTEMPTS = 32; // of a write that others overtake; each time one of them has succeeded

    private final ComponentDefinition definition;
    private final SecretSchemas schemas;
    private final AwsSettings settings;
    private final AwsClient client;
    private final AwsRequests requests;
    private final AwsBulk bulk;

    AwsSecretsManager(
            ComponentDefinition definition,
            SecretSchemas schemas,
            AwsSettings settings,
            AwsClient client,
            AwsNames names) {
        this.definition = definition;
        this.schemas = schemas;
        this.settings = settings;
        this.client = client;
        this.requests = new AwsRequests(settings, client, names);
        this.bulk = new AwsBulk(client, requests, this::find);
    }

    @Override
    public Optional<String> place() {
        return Optional.of(AwsPlace.of(settings));
    }

    @Override
    public ComponentDefinition definition() {
        return definition;
    }

    // Reading

    private AwsFound find(SecretName name) {
        for (int attempt = 1; ; attempt++) {
            AwsDescription description = live(name);
            String current = description.current().orElseThrow(() -> withoutValue(name));
            Optional<AwsRequests.Version> version = requests.value(name, current);
            if (version.isPresent()) {
                return new AwsFound(name, description, version.get());
            }
            if (attempt == Pauses.ATTEMPTS) {
                throw client.failed("read secret " + name, "its current version is not there", "try again");
            }
            client.pause(attempt); // deleted or changed since: look again
        }
    }

    private static InvalidException withoutValue(SecretName name) {
        return new InvalidException(
                "secret " + name + " has no value in AWS yet", name.value(), "write one with the tool that made it");
    }

    private AwsDescription live(SecretName name) {
        return requests.describe(name)
                .filter(AwsDescription::isLive)
                .orElseThrow(() -> new NoSuchSecretException(name));
    }

    @Override
    public Secret getSecret(SecretName name) {
        client.requireOpen();
        return find(name).secret();
    }

    @Override
    public List<SecretName> getAllSecretKeys() {
        return listSecrets().stream().map(SecretSummary::name).toList();
    }

    /** Without reading a value. */
    @Override
    public List<SecretSummary> listSecrets() {
        client.requireOpen();
        return list().entrySet().stream()
                .map(entry -> new SecretSummary(
                        entry.getKey(),
                        AwsDescription.of(entry.getValue()).schemaType(),
                        null,
                        entry.getValue().createdDate(),
                        entry.getValue().lastChangedDate()))
                .toList();
    }

    private SortedMap<SecretName, SecretListEntry> list() {
        SortedMap<SecretName, SecretListEntry> listed = requests.list();
        bulk.listed(AwsRequests.descriptions(listed));
        return listed;
    }

    /** Twenty values with one request; types from a listing that is at hand. */
    @Override
    public Map<SecretName, Reading> getSecrets(Collection<SecretName> names) {
        client.requireOpen();
        return bulk.read(names);
    }

    // Revisions

    /** It may be some seconds behind, as every listing. */
    @Override
    public List<RevisionEntry> listRevisions() {
        client.requireOpen();
        List<RevisionEntry> entries = new ArrayList<>();
        list().forEach((name, entry) -> {
            AwsDescription listed = AwsDescription.of(entry);
            entries.add(new RevisionEntry(name, listed.revision(), Optional.of(listed.isOwned())));
        });
        return entries;
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        client.requireOpen();
        return requests.describe(name)
                .filter(AwsDescription::isLive)
                .map(there -> new RevisionEntry(name, there.revision(), Optional.of(there.isOwned())));
    }

    @Override
    public Revised getRevised(SecretName name) {
        client.requireOpen();
        AwsFound found = find(name);
        return new Revised(found.secret(), found.revision());
    }

    @Override
    public String updateRevised(Secret secret, String expected) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        AwsFound found = find(secret.name());
        requireRevision(secret.name(), found.revision(), expected);
        return replace(found, fit)
                .orElseThrow(() -> overtaken(secret.name(), expected))
                .revision();
    }

    /** AWS compares nothing when it deletes: it is looked at right before, and right after at what was deleted. */
    @Override
    public void deleteRevised(SecretName name, String expected) {
        client.requireOpen();
        AwsDescription there = live(name);
        requireRevision(name, there.revision().orElse(""), expected);
        remove(name, there, false);
        try {
            Optional<AwsDescription> deleted = requests.describe(name).filter(now -> !now.isLive());
            if (deleted.isEmpty() || deleted.get().revision().equals(Optional.of(expected))) {
                return;
            }
            restore(name);
        } catch (RemoteException | IllegalStateException e) { // or closed meanwhile
            throw new RemoteException(
                    e.getMessage() + "; the secret is deleted, perhaps with what somebody wrote right before",
                    name.value(),
                    "recover it, and look at it");
        }
        throw overtaken(name, expected);
    }

    private static void requireRevision(SecretName name, String now, String expected) {
        if (!now.equals(expected)) {
            throw overtaken(name, expected);
        }
    }

    private static ConflictException overtaken(SecretName name, String expected) {
        return new ConflictException(
                "secret " + name + " is not at version " + expected + " any more; nothing was changed",
                name.value(),
                "read it again");
    }

    // Limits

    @Override
    public Optional<InvalidException> refusal(Secret secret) {
        try {
            AwsValue.encode(secret);
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
        register(secret);
        return written(secret.name());
    }

    @Override
    public String registerRevised(Secret secret) {
        return register(secret);
    }

    private String register(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        String text = AwsValue.encode(fit);
        String version = AwsRequests.newVersion();
        bulk.writes(fit.name());
        for (int attempt = 1; ; attempt++) {
            Sent<?> sent = requests.create(fit.name(), fit.schemaType(), text, version);
            if (sent.isAnswered() || settle(fit, text, version, sent)) {
                return AwsDescription.revision(version, fit.schemaType());
            }
            if (attempt == Pauses.ATTEMPTS) {
                throw sent.trouble();
            }
            client.pause(attempt);
        }
    }

    /** Whether it was registered after all; false if the name is free. */
    private boolean settle(Secret fit, String text, String version, Sent<?> sent) {
        SecretName name = fit.name();
        if (sent.isRefused(Refusal.BAD_PARAMETER, Refusal.NOT_FOUND)) {
            throw sent.trouble();
        }
        Optional<AwsDescription> now = look(name, sent);
        if (now.isEmpty()) {
            return false;
        }
        AwsDescription there = now.get();
        if (there.stages().containsKey(version)) {
            return true;
        }
        if (!there.isLive()) {
            replaceDeleted(fit, text, version, there);
            return true;
        }
        if (sent.isUnknown() && requests.value(name, version).isPresent()) {
            return true; // and others have written twice since
        }
        throw new SecretExistsException(name);
    }

    /**
     * What is there, after a request that was not answered as hoped.
     *
     * @throws RemoteException if that cannot be told either; says so where it is not known whether the request was done
     */
    private Optional<AwsDescription> look(SecretName name, Sent<?> sent) {
        try {
            return requests.describe(name);
        } catch (CofferException | IllegalStateException e) {
            if (!sent.isUnknown()) {
                throw e;
            }
            RemoteException trouble = sent.trouble();
            trouble.addSuppressed(e);
            throw trouble;
        }
    }

    /** First it is live with what it was, and then it is replaced; if somebody else is quicker, the name is theirs. */
    private void replaceDeleted(Secret fit, String text, String version, AwsDescription deleted) {
        SecretName name = fit.name();
        if (!settings.restoreOnRegister()) {
            throw SecretExistsException.ofDeleted(
                    name,
                    deleted.deletion().orElseThrow(),
                    "recover it, purge it, or set --restore-on-register=true to replace it");
        }
        if (!deleted.isOwned()) {
            throw foreign(name);
        }
        restore(name);
        try {
            if (!write(name, deleted.current().orElse(null), text, version)) {
                throw new SecretExistsException(name);
            }
        } catch (RemoteException | IllegalStateException e) { // or closed meanwhile
            throw new RemoteException(
                    e.getMessage() + "; the deleted secret is live again, perhaps with its old content",
                    name.value(),
                    "look at it; an update replaces it, and a deletion deletes it again");
        }
        if (!deleted.schemaType().equals(fit.schemaType())) {
            markAfterwards(name, fit.schemaType());
        }
    }

    // Updating

    @Override
    public WriteReceipt updateSecret(Secret secret) {
        client.requireOpen();
        Secret fit = schemas.fit(secret);
        return retried(secret.name(), found -> replace(found, fit));
    }

    /** Starts anew with what others wrote since it was read, so that neither change is lost. */
    @Override
    public WriteReceipt mergeSecret(SecretName name, SecretPatch patch) {
        client.requireOpen();
        return retried(name, found -> {
            try (Secret current = found.secret();
                    Secret merged = patch.applyTo(current)) {
                return replace(found, schemas.fit(merged));
            }
        });
    }

    private WriteReceipt retried(SecretName name, Function<AwsFound, Optional<Replaced>> change) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Replaced> replaced = change.apply(find(name));
            if (replaced.isPresent()) {
                return replaced.get().receipt();
            }
        }
        throw new ConflictException(
                "secret " + name + " is changed by others all the time; nothing was written",
                name.value(),
                "try again");
    }

    /** What an update left. */
    private record Replaced(WriteReceipt receipt, String revision) {}

    /** Empty if somebody else was quicker. */
    private Optional<Replaced> replace(AwsFound found, Secret fit) {
        SecretName name = found.name();
        if (!found.description().isOwned()) {
            throw foreign(name);
        }
        String text = AwsValue.encode(fit);
        boolean sameType = found.description().schemaType().equals(fit.schemaType());
        boolean sameContent = holds(found, fit);
        if (sameType && sameContent) {
            return Optional.of(new Replaced(new WriteReceipt(name, null, false), found.revision()));
        }
        bulk.writes(name);
        String version = sameContent ? found.version().id() : AwsRequests.newVersion();
        if (!sameContent && !write(name, found.version().id(), text, version)) {
            return Optional.empty();
        }
        if (!sameType) {
            markAfterwards(name, fit.schemaType());
        }
        return Optional.of(new Replaced(written(name), AwsDescription.revision(version, fit.schemaType())));
    }

    private static boolean holds(AwsFound found, Secret fit) {
        try (Secret current = found.secret()) {
            return Secret.ofStored(fit.name(), fit.schemaType(), current.content(), null, null, null)
                    .sameContentAs(fit);
        } catch (InvalidException e) {
            return false; // an adopted one without keys
        }
    }

    private static WriteReceipt written(SecretName name) {
        return new WriteReceipt(name, null, true);
    }

    /** What is cut off before it leaves a readable secret, and is done by the next such call. */
    private void markAfterwards(SecretName name, String type) {
        try {
            requests.mark(name, type).required();
        } catch (RemoteException e) {
            RemoteException told = client.failed(
                    "mark secret " + name, "its content is written, but not its type " + type, "do the same again");
            told.addSuppressed(e);
            throw told;
        }
    }

    /**
     * Writes a version and makes it current if the base still is.
     *
     * @param base null if there is no current version
     * @return false if somebody else was quicker; then nothing was changed
     * @throws RemoteException also if it cannot be known
     */
    private boolean write(SecretName name, @Nullable String base, String text, String version) {
        var put = requests.put(name, text, version);
        if (put.isRefused(Refusal.NOT_FOUND)) {
            return false;
        }
        if (put.isRefused(Refusal.NOT_NOW)
                && requests.describe(name).filter(AwsDescription::isLive).isEmpty()) {
            return false;
        }
        if (put.required().versionStages().contains(AwsDescription.CURRENT)) {
            return true; // the first one is at once
        }
        RemoteException lost = null;
        for (int attempt = 1; ; attempt++) {
            Sent<?> moved = requests.move(name, base, version);
            if (moved.isAnswered()) {
                return true;
            }
            lost = moved.isUnknown() ? moved.trouble() : lost;
            Fate fate = fate(look(name, moved), base, version);
            if (fate == Fate.DONE || fate == Fate.OVERTAKEN) {
                return fate == Fate.DONE;
            }
            if (fate == Fate.UNCLEAR && lost == null) {
                return false; // refused, and so not done
            }
            if (fate == Fate.UNCLEAR || !moved.isUnknown() || attempt == Pauses.ATTEMPTS) {
                throw lost == null ? moved.trouble() : lost;
            }
            client.pause(attempt);
        }
    }

    /** What became of a version that was to be made current. */
    private enum Fate {
        DONE,
        OVERTAKEN,
        OPEN,
        UNCLEAR
    }

    /** AWS keeps a label on the version that was current before. */
    private static Fate fate(Optional<AwsDescription> now, @Nullable String base, String version) {
        if (now.isEmpty()) {
            return Fate.UNCLEAR;
        }
        Optional<String> current = now.get().current();
        Optional<String> previous = now.get().versionWith(AwsDescription.PREVIOUS);
        if (current.equals(Optional.of(version)) || previous.equals(Optional.of(version))) {
            return Fate.DONE;
        }
        if (current.equals(Optional.ofNullable(base))) {
            return now.get().isLive() ? Fate.OPEN : Fate.OVERTAKEN;
        }
        return base != null && previous.equals(Optional.of(base)) ? Fate.OVERTAKEN : Fate.UNCLEAR;
    }

    // Deleting

    @Override
    public void deleteSecret(SecretName name) {
        client.requireOpen();
        remove(name, live(name), false);
    }

    /** Recoverable ones go for good, too. */
    @Override
    public void purgeSecret(SecretName name) {
        client.requireOpen();
        remove(name, requests.describe(name).orElseThrow(() -> new NoSuchSecretException(name)), true);
    }

    private void remove(SecretName name, AwsDescription seen, boolean forGood) {
        if (!seen.isOwned()) {
            throw foreign(name);
        }
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            Sent<?> sent = requests.delete(name, forGood);
            if (sent.isAnswered()) {
                return;
            }
            mayBeOurs |= sent.isUnknown();
            Optional<AwsDescription> now = look(name, sent);
            if (now.isEmpty() || (!forGood && !now.get().isLive())) {
                if (mayBeOurs) {
                    return;
                }
                throw new NoSuchSecretException(name); // somebody else was quicker
            }
            boolean isSame =
                    now.get().current().equals(seen.current()) && now.get().isLive() == seen.isLive();
            if (!sent.isUnknown() || !isSame || attempt == Pauses.ATTEMPTS) {
                throw sent.trouble();
            }
            client.pause(attempt);
        }
    }

    /** Each is looked at by its own name: the tags of a listing may be old. */
    @Override
    public void deleteAllSecrets() {
        for (SecretName name : getAllSecretKeys()) {
            Optional<AwsDescription> there = requests.describe(name).filter(AwsDescription::isLive);
            if (there.isPresent() && there.get().isOwned()) {
                try {
                    remove(name, there.get(), false);
                } catch (NoSuchSecretException e) {
                    // Deleted by somebody else.
                }
            }
        }
    }

    @Override
    public WriteReceipt recoverSecret(SecretName name) {
        client.requireOpen();
        AwsDescription deleted = requests.describe(name).orElseThrow(() -> new NoSuchSecretException(name));
        if (deleted.isLive()) {
            throw new SecretExistsException(name);
        }
        if (!deleted.isOwned()) {
            throw foreign(name);
        }
        restore(name);
        return written(name);
    }

    private void restore(SecretName name) {
        Sent<?> sent = requests.restore(name);
        if (sent.isRefused(Refusal.NOT_FOUND)) {
            throw new NoSuchSecretException(name);
        }
        boolean isDone = sent.isAnswered()
                || requests.describe(name).filter(AwsDescription::isLive).isPresent();
        if (!isDone) {
            throw sent.trouble();
        }
    }

    // Ownership

    @Override
    public boolean isOwned(SecretName name) {
        client.requireOpen();
        return live(name).isOwned();
    }

    /** With tags alone; its value stays as it is. */
    @Override
    public void adopt(SecretName name) {
        client.requireOpen();
        AwsFound found = find(name);
        if (found.description().isOwned()) {
            return;
        }
        bulk.writes(name);
        try (Secret secret = found.secret()) {
            String type = secret.schemaType();
            Sent<?> sent = requests.mark(name, SchemaGrammar.isValid(type) ? type : Secret.ARBITRARY);
            if (sent.isRefused(Refusal.NOT_FOUND)) {
                throw new NoSuchSecretException(name);
            }
            sent.required();
        }
    }

    /** The error of a change to what is somebody else's. */
    private static ConflictException foreign(SecretName name) {
        return new ConflictException(
                "secret " + name + " was not made by coffer, and stays as it is",
                name.value(),
                "change it with the tool that made it, or adopt it");
    }

    // Life cycle

    /** What writing needs is not tried: AWS tells it to nobody who does not write. */
    @Override
    public Optional<CofferException> check() {
        client.requireOpen();
        try {
            requests.check();
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
