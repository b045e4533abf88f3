package dev.coffer.flavor.gcp;

import com.google.cloud.secretmanager.v1.AccessSecretVersionResponse;
import com.google.cloud.secretmanager.v1.AddSecretVersionRequest;
import com.google.cloud.secretmanager.v1.CreateSecretRequest;
import com.google.cloud.secretmanager.v1.DeleteSecretRequest;
import com.google.cloud.secretmanager.v1.ListSecretVersionsRequest;
import com.google.cloud.secretmanager.v1.ListSecretVersionsResponse;
import com.google.cloud.secretmanager.v1.ListSecretsRequest;
import com.google.cloud.secretmanager.v1.ListSecretsResponse;
import com.google.cloud.secretmanager.v1.ProjectName;
import com.google.cloud.secretmanager.v1.Replication;
import com.google.cloud.secretmanager.v1.Secret;
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient;
import com.google.cloud.secretmanager.v1.SecretName;
import com.google.cloud.secretmanager.v1.SecretPayload;
import com.google.cloud.secretmanager.v1.SecretVersion;
import com.google.cloud.secretmanager.v1.SecretVersionName;
import com.google.cloud.secretmanager.v1.UpdateSecretRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import dev.coffer.secrets.RemoteException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Secret Manager that coffer needs, for one project. Safe for use by several threads.
 *
 * <p>Reads, and what the server says it did not do, are sent again a few times. What became of a write without an answer is
 * looked up before it is sent again.
 */
final class GcpClient {
    /** On a secret while it is registered: which call made it, until it has its value. */
    static final String REGISTERING = "coffer-registering";

    private static final Pattern NAME = Pattern.compile("projects/[^/]+/secrets/([A-Za-z0-9_-]+)");
    private static final Pattern VERSION =
            Pattern.compile("projects/[^/]+/secrets/[A-Za-z0-9_-]+/versions/(\\d{1,18})");
    private static final int PAGE = 1_000;
    private static final int MAX_PAGES = 100_000;

    private final GcpSettings settings;
    private @Nullable GcpConnection connection;
    private boolean closed;

    GcpClient(GcpSettings settings) {
        this.settings = settings;
    }

    GcpSettings settings() {
        return settings;
    }

    /**
     * What Secret Manager tells of a secret without its value.
     *
     * @param etag changes with labels and annotations
     */
    record Meta(String id, Map<String, String> labels, Map<String, String> annotations, String etag) {
        private static Meta of(Secret secret) {
            return new Meta(
                    idIn(secret.getName()), secret.getLabelsMap(), secret.getAnnotationsMap(), secret.getEtag());
        }
    }

    /** A version and its value. */
    record Version(long number, byte[] value) {}

    /**
     * What is current.
     *
     * @param version empty if there is none that can be read
     * @param last the number of the last version, destroyed ones included; 0 if there never was one
     * @param disabled whether the last version that is not destroyed is disabled
     */
    record Current(Optional<Version> version, long last, boolean disabled) {}

    /**
     * A version that was added.
     *
     * @param overtaken whether somebody else added one after that which was seen before
     */
    record Added(long number, boolean overtaken) {}

    /** What became of a deletion. */
    enum Deleted {
        DONE,
        MISSING,
        OVERTAKEN
    }

    // Reading

    /** What is known of a secret; empty if there is none. */
    Optional<Meta> meta(String operation, String id) {
        try {
            return Optional.of(read(operation, sdk -> Meta.of(sdk.getSecret(secretName(id)))));
        } catch (GcpFailure.Refused e) {
            return missing(operation, e);
        }
    }

    private <T> Optional<T> missing(String operation, GcpFailure.Refused e) {
        if (e.isMissing()) {
            return Optional.empty();
        }
        throw refused(operation, e);
    }

    /** The current version. One that is destroyed was never meant to stay, and the one before it counts. */
    Current current(String operation, String id) {
        try {
            Version latest = access(operation, id, "latest");
            return new Current(Optional.of(latest), latest.number(), false);
        } catch (GcpFailure.Refused e) {
            if (!e.is("FAILED_PRECONDITION")) {
                missing(operation, e);
                return new Current(Optional.empty(), 0, false);
            }
        }
        List<SecretVersion> versions = versions(operation, id);
        long last = versions.isEmpty() ? 0 : number(versions.get(0).getName());
        for (SecretVersion version : versions) {
            if (version.getState() == SecretVersion.State.DISABLED) {
                return new Current(Optional.empty(), last, true);
            }
            if (version.getState() == SecretVersion.State.ENABLED) {
                Optional<Version> found = version(operation, id, number(version.getName()));
                if (found.isPresent()) {
                    return new Current(found, last, false);
                }
            }
        }
        return new Current(Optional.empty(), last, false);
    }

    private Optional<Version> version(String operation, String id, long number) {
        try {
            return Optional.of(access(operation, id, String.valueOf(number)));
        } catch (GcpFailure.Refused e) {
            return e.is("FAILED_PRECONDITION") ? Optional.empty() : missing(operation, e);
        }
    }

    private Version access(String operation, String id, String version) throws GcpFailure.Refused {
        return read(operation, sdk -> {
            AccessSecretVersionResponse answer =
                    sdk.accessSecretVersion(SecretVersionName.of(settings.project(), id, version));
            byte[] value = answer.getPayload().getData().toByteArray();
            if (answer.getPayload().hasDataCrc32C() && answer.getPayload().getDataCrc32C() != checksum(value)) {
                throw new GcpFailure.Lost("the value that came is not the one that was sent");
            }
            return new Version(number(answer.getName()), value);
        });
    }

    private static long checksum(byte[] value) {
        CRC32C checksum = new CRC32C();
        checksum.update(value);
        return checksum.getValue();
    }

    /** All versions, the last one first; none if there is no secret. */
    private List<SecretVersion> versions(String operation, String id) {
        List<SecretVersion> all = new ArrayList<>();
        pages(operation, token -> {
            ListSecretVersionsRequest request = ListSecretVersionsRequest.newBuilder()
                    .setParent(secretName(id).toString())
                    .setPageSize(PAGE)
                    .setPageToken(token)
                    .build();
            try {
                ListSecretVersionsResponse page = read(operation, sdk -> {
                    ListSecretVersionsResponse answer =
                            sdk.listSecretVersionsCallable().call(request);
                    answer.getVersionsList().forEach(version -> number(version.getName()));
                    return answer;
                });
                all.addAll(page.getVersionsList());
                return page.getNextPageToken();
            } catch (GcpFailure.Refused e) {
                missing(operation, e);
                return "";
            }
        });
        all.sort(Comparator.comparingLong((SecretVersion version) -> number(version.getName()))
                .reversed());
        return all;
    }

    /**
     * Lists secrets.
     *
     * @param filter in the language of Secret Manager; empty for all
     */
    void list(String operation, String filter, Consumer<Meta> each) {
        pages(operation, token -> {
            ListSecretsRequest request = ListSecretsRequest.newBuilder()
                    .setParent(ProjectName.of(settings.project()).toString())
                    .setPageSize(PAGE)
                    .setPageToken(token)
                    .setFilter(filter)
                    .build();
            try {
                List<Meta> found = new ArrayList<>();
                String next = read(operation, sdk -> {
                    ListSecretsResponse answer = sdk.listSecretsCallable().call(request);
                    found.clear();
                    answer.getSecretsList().forEach(secret -> found.add(Meta.of(secret)));
                    return answer.getNextPageToken();
                });
                found.forEach(each);
                return next;
            } catch (GcpFailure.Refused e) {
                throw refused(operation, e);
            }
        });
    }

    private interface Page {
        String after(String token);
    }

    private void pages(String operation, Page page) {
        Set<String> seen = new HashSet<>();
        String token = "";
        do {
            token = page.after(token);
            if (!token.isEmpty() && (!seen.add(token) || seen.size() > MAX_PAGES)) {
                throw failed(operation, "the listing has no end", "check the attribute " + GcpSettings.ENDPOINT);
            }
        } while (!token.isEmpty());
    }

    /** The cheapest request that shows whether the project can be reached. */
    void probe() {
        ListSecretsRequest request = ListSecretsRequest.newBuilder()
                .setParent(ProjectName.of(settings.project()).toString())
                .setPageSize(1)
                .build();
        try {
            read("check", sdk -> sdk.listSecretsCallable().call(request));
        } catch (GcpFailure.Refused e) {
            throw refused("check", e);
        }
    }

    // Writing

    /**
     * Makes a secret without a value.
     *
     * @param annotations with {@link #REGISTERING}, by which it is known again
     * @return what was made; empty if there is one of that id already
     */
    Optional<Meta> create(String operation, String id, Map<String, String> labels, Map<String, String> annotations) {
        Secret.Builder secret = Secret.newBuilder().putAllLabels(labels).putAllAnnotations(annotations);
        if (settings.locations().isEmpty()) {
            secret.setReplication(Replication.newBuilder().setAutomatic(Replication.Automatic.getDefaultInstance()));
        } else {
            Replication.UserManaged.Builder places = Replication.UserManaged.newBuilder();
            settings.locations().forEach(place -> places.addReplicasBuilder().setLocation(place));
            secret.setReplication(Replication.newBuilder().setUserManaged(places));
        }
        CreateSecretRequest request = CreateSecretRequest.newBuilder()
                .setParent(ProjectName.of(settings.project()).toString())
                .setSecretId(id)
                .setSecret(secret)
                .build();
        try {
            return written(
                    operation,
                    sdk -> Optional.of(Meta.of(sdk.createSecret(request))),
                    () -> madeBy(operation, id, annotations));
        } catch (GcpFailure.Refused e) {
            if (e.is("ALREADY_EXISTS")) {
                return Optional.empty();
            }
            throw refused(operation, e);
        }
    }

    /** Of a lost creation: the secret if it was made by that, nothing if by somebody else; empty if there is none. */
    private Optional<Optional<Meta>> madeBy(String operation, String id, Map<String, String> annotations) {
        Optional<Meta> found = meta(operation, id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String call = annotations.getOrDefault(REGISTERING, "");
        return Optional.of(found.filter(meta -> call.equals(meta.annotations().get(REGISTERING))));
    }

    /**
     * Adds a version.
     *
     * @param last the last version that was seen
     * @param isOurs whether a value is the one that is written here
     * @return empty if there is no such secret
     */
    Optional<Added> add(String operation, String id, byte[] value, long last, Predicate<byte[]> isOurs) {
        AddSecretVersionRequest request = AddSecretVersionRequest.newBuilder()
                .setParent(secretName(id).toString())
                .setPayload(SecretPayload.newBuilder()
                        .setData(ByteString.copyFrom(value))
                        .setDataCrc32C(checksum(value)))
                .build();
        boolean[] sentAgain = {false};
        long number;
        try {
            number = written(
                    operation, sdk -> number(sdk.addSecretVersion(request).getName()), () -> {
                        sentAgain[0] = true;
                        return madeAfter(operation, id, last, isOurs);
                    });
        } catch (GcpFailure.Refused e) {
            return missing(operation, e);
        }
        boolean overtaken = number != last + 1 && !(sentAgain[0] && isAllOurs(operation, id, last, number, isOurs));
        return Optional.of(new Added(number, overtaken));
    }

    /** The version that was made by a write whose answer was lost. */
    private Optional<Long> madeAfter(String operation, String id, long last, Predicate<byte[]> isOurs) {
        for (SecretVersion version : versions(operation, id)) {
            long number = number(version.getName());
            if (number > last) {
                Optional<Version> found = version(operation, id, number);
                if (found.isEmpty()) {
                    throw failed(operation, "it is not known whether it was done: a version since is gone", null);
                }
                if (isOurs.test(found.get().value())) {
                    return Optional.of(number);
                }
            }
        }
        return Optional.empty();
    }

    private boolean isAllOurs(String operation, String id, long last, long number, Predicate<byte[]> isOurs) {
        for (long between = last + 1; between < number; between++) {
            if (version(operation, id, between)
                    .filter(found -> isOurs.test(found.value()))
                    .isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Replaces labels and annotations. False if somebody else changed them since, or deleted the secret. */
    boolean update(String operation, Meta changed) {
        UpdateSecretRequest request = UpdateSecretRequest.newBuilder()
                .setSecret(Secret.newBuilder()
                        .setName(secretName(changed.id()).toString())
                        .setEtag(changed.etag())
                        .putAllLabels(changed.labels())
                        .putAllAnnotations(changed.annotations()))
                .setUpdateMask(FieldMask.newBuilder().addPaths("labels").addPaths("annotations"))
                .build();
        try {
            return written(
                    operation,
                    sdk -> {
                        sdk.updateSecret(request);
                        return true;
                    },
                    () -> meta(operation, changed.id())
                            .filter(found -> found.labels().equals(changed.labels())
                                    && found.annotations().equals(changed.annotations()))
                            .map(found -> true));
        } catch (GcpFailure.Refused e) {
            if (e.isOvertaken() || e.isMissing()) {
                return false;
            }
            throw refused(operation, e);
        }
    }

    /** Deletes a secret and all its versions, if it is still the one that was seen. */
    Deleted delete(String operation, Meta seen) {
        DeleteSecretRequest request = DeleteSecretRequest.newBuilder()
                .setName(secretName(seen.id()).toString())
                .setEtag(seen.etag())
                .build();
        try {
            return written(
                    operation,
                    sdk -> {
                        sdk.deleteSecret(request);
                        return Deleted.DONE;
                    },
                    () -> meta(operation, seen.id())
                                    .filter(found -> found.etag().equals(seen.etag()))
                                    .isPresent()
                            ? Optional.empty()
                            : Optional.of(Deleted.DONE));
        } catch (GcpFailure.Refused e) {
            if (e.isMissing()) {
                return Deleted.MISSING;
            }
            if (e.isOvertaken()) {
                return Deleted.OVERTAKEN;
            }
            throw refused(operation, e);
        }
    }

    /** Destroys a version that must not stay. */
    void destroy(String operation, String id, long number) {
        change(operation, sdk -> sdk.destroySecretVersion(versionName(id, number)));
    }

    /** Does to a version that was replaced what the component says. */
    void retire(String operation, String id, long number) {
        switch (settings.oldVersions()) {
            case KEEP -> {}
            case DISABLE -> change(operation, sdk -> sdk.disableSecretVersion(versionName(id, number)));
            case DESTROY -> change(operation, sdk -> sdk.destroySecretVersion(versionName(id, number)));
        }
    }

    /** Changes the state of a version, which can be done twice. That it is gone, or destroyed, is as good. */
    private void change(String operation, Call<SecretVersion> call) {
        try {
            read(operation, call);
        } catch (GcpFailure.Refused e) {
            if (!e.isMissing() && !e.is("FAILED_PRECONDITION")) {
                throw refused(operation, e);
            }
        }
    }

    // Sending

    private interface Call<T> {
        T by(SecretManagerServiceClient sdk) throws GcpFailure;
    }

    private interface Lookup<T> {
        Optional<T> result();
    }

    /** Sends something that may be sent twice without harm, as often as it takes. */
    private <T> T read(String operation, Call<T> call) throws GcpFailure.Refused {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == Pauses.ATTEMPTS;
            Duration wanted = Duration.ZERO;
            try {
                return once(call);
            } catch (GcpFailure.Refused e) {
                if (last || !(e.isNotDone() || e.isUnknown())) {
                    throw e;
                }
                wanted = e.retryAfter();
            } catch (GcpFailure.Lost e) {
                if (last || !e.mayPass()) {
                    throw failed(operation, text(e), "try again");
                }
            } catch (GcpFailure.NotSent e) {
                if (last || !e.mayPass()) {
                    throw notSent(operation, e);
                }
            } catch (GcpFailure e) {
                throw new IllegalStateException("no other failure", e);
            }
            Pauses.before(attempt, wanted, settings.component());
        }
    }

    /**
     * Writes. Without an answer, what became of it is looked up.
     *
     * @param lookup what the write would have returned; empty if it was not done
     */
    private <T> T written(String operation, Call<T> call, Lookup<T> lookup) throws GcpFailure.Refused {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == Pauses.ATTEMPTS;
            Duration wanted = Duration.ZERO;
            try {
                return once(call);
            } catch (GcpFailure.NotSent e) {
                if (last || !e.mayPass()) {
                    throw notSent(operation, e);
                }
            } catch (GcpFailure.Refused e) {
                if (!e.isUnknown() && (last || !e.isNotDone())) {
                    throw e;
                }
                wanted = e.retryAfter();
                Optional<T> done = e.isUnknown() ? lookedUp(operation, text(e), lookup, last) : Optional.empty();
                if (done.isPresent()) {
                    return done.get();
                }
            } catch (GcpFailure.Lost e) {
                Optional<T> done = lookedUp(operation, text(e), lookup, last);
                if (done.isPresent()) {
                    return done.get();
                }
            } catch (GcpFailure e) {
                throw new IllegalStateException("no other failure", e);
            }
            Pauses.before(attempt, wanted, settings.component());
        }
    }

    private <T> Optional<T> lookedUp(String operation, String why, Lookup<T> lookup, boolean last) {
        Optional<T> done;
        try {
            done = lookup.result();
        } catch (RemoteException e) {
            RemoteException trouble = failed(operation, why + ", and it is not known whether it was done", null);
            trouble.addSuppressed(e);
            throw trouble;
        }
        if (done.isEmpty() && last) {
            throw failed(operation, why, "try again");
        }
        return done;
    }

    /** One request. A token that is refused is got anew, once. */
    private <T> T once(Call<T> call) throws GcpFailure {
        GcpConnection used = connection();
        try {
            return sent(call, used);
        } catch (GcpFailure.Refused e) {
            if (e.status() == 401 && used.refresh()) {
                return sent(call, used);
            }
            throw e;
        }
    }

    private <T> T sent(Call<T> call, GcpConnection used) throws GcpFailure {
        SecretManagerServiceClient sdk = used.sdk();
        try {
            return call.by(sdk);
        } catch (RuntimeException e) { // of Google's client, which can quote what was sent and what came
            for (Throwable at = e; at != null; at = at.getCause()) {
                if (at instanceof GcpFailure failure) {
                    throw failure;
                }
            }
            requireOpen();
            throw new GcpFailure.Lost("the answer cannot be read");
        }
    }

    /** Made without a lock, as it may ask other machines for credentials. */
    private GcpConnection connection() {
        synchronized (this) {
            requireOpen();
            if (connection != null) {
                return connection;
            }
        }
        GcpConnection made = GcpConnection.open(settings);
        GcpConnection kept;
        boolean useful;
        synchronized (this) {
            useful = !closed && connection == null;
            if (useful) {
                connection = made;
            }
            kept = connection;
        }
        if (!useful) {
            made.close();
        }
        requireOpen();
        return kept == null ? made : kept;
    }

    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the secrets manager " + settings.component() + " is closed");
        }
    }

    void close() {
        GcpConnection last;
        synchronized (this) {
            closed = true;
            last = connection;
            connection = null;
        }
        if (last != null) {
            last.close();
        }
    }

    private SecretName secretName(String id) {
        return SecretName.of(settings.project(), id);
    }

    private SecretVersionName versionName(String id, long number) {
        return SecretVersionName.of(settings.project(), id, String.valueOf(number));
    }

    /** Google may name the project by its number, whatever it was asked by. */
    private static String idIn(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no secret");
        }
        return matcher.group(1);
    }

    /** The number at the end of the name of a version. */
    private static long number(String name) {
        Matcher matcher = VERSION.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no version");
        }
        return Long.parseLong(matcher.group(1));
    }

    // Errors

    private static String text(GcpFailure e) {
        return String.valueOf(e.getMessage());
    }

    /** The error of an operation that was not done. */
    RemoteException failed(String operation, String why, @Nullable String hint) {
        return new RemoteException(
                "Google's Secret Manager, asked by " + settings.component() + " to " + operation + ": " + why,
                settings.component(),
                hint);
    }

    private RemoteException notSent(String operation, GcpFailure.NotSent e) {
        return failed(
                operation,
                text(e),
                e.mayPass()
                        ? "check the attribute " + GcpSettings.ENDPOINT + " and the network"
                        : "check the attributes " + GcpSettings.ENDPOINT + " and " + GcpSettings.CREDENTIALS);
    }

    /** The error of an answer that was not expected. */
    RemoteException refused(String operation, GcpFailure.Refused e) {
        if (e.status() == 401) {
            return failed(
                    operation,
                    "not authenticated: " + text(e),
                    "run 'gcloud auth application-default login', or check the attribute " + GcpSettings.CREDENTIALS);
        }
        if (e.status() == 403) {
            return failed(
                    operation,
                    "not permitted: "
                            + e.permission()
                                    .map(permission -> "the permission " + permission + " is missing")
                                    .orElse(text(e)),
                    "give the credentials a role with it in the project, or check the attribute "
                            + GcpSettings.PROJECT);
        }
        if (e.status() >= 300 && e.status() < 400) {
            return failed(
                    operation,
                    "it sends to another address, which is not followed",
                    "check the attribute " + GcpSettings.ENDPOINT);
        }
        if (e.is("NOT_FOUND")) {
            return failed(operation, "there is no such project", "check the attribute " + GcpSettings.PROJECT);
        }
        return failed(operation, text(e), e.status() == 404 ? "check the attribute " + GcpSettings.ENDPOINT : null);
    }
}
