package dev.coffer.flavor.gcp;

import com.google.cloud.secretmanager.v1.CreateSecretRequest;
import com.google.cloud.secretmanager.v1.DeleteSecretRequest;
import com.google.cloud.secretmanager.v1.ListSecretsRequest;
import com.google.cloud.secretmanager.v1.ListSecretsResponse;
import com.google.cloud.secretmanager.v1.ProjectName;
import com.google.cloud.secretmanager.v1.Replication;
import com.google.cloud.secretmanager.v1.Secret;
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient;
import com.google.cloud.secretmanager.v1.SecretName;
import com.google.cloud.secretmanager.v1.UpdateSecretRequest;
import com.google.iam.v1.TestIamPermissionsRequest;
import com.google.protobuf.FieldMask;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.RemoteException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final String ACCESS = "secretmanager.versions.access";
    static final int PAGE = 1_000;
    private static final int MAX_PAGES = 100_000;

    private final GcpSettings settings;
    private final Pauses pauses;
    private @Nullable GcpConnection connection;
    private boolean closed;

    GcpClient(GcpSettings settings) {
        this.settings = settings;
        this.pauses = new Pauses("Google's Secret Manager", settings.component());
    }

    GcpSettings settings() {
        return settings;
    }

    Pauses pauses() {
        return pauses;
    }

    /**
     * What Secret Manager tells of a secret without its value.
     *
     * @param etag changes with labels and annotations
     * @param created tells it from others that had its id before and after
     */
    record Meta(String id, Map<String, String> labels, Map<String, String> annotations, String etag, Instant created) {
        private static Meta of(Secret secret) {
            return new Meta(
                    idIn(secret.getName()),
                    secret.getLabelsMap(),
                    secret.getAnnotationsMap(),
                    secret.getEtag(),
                    Instant.ofEpochSecond(
                            secret.getCreateTime().getSeconds(),
                            secret.getCreateTime().getNanos()));
        }

        /** The same with other labels and annotations, as it should be. */
        Meta with(Map<String, String> otherLabels, Map<String, String> otherAnnotations) {
            return new Meta(id, otherLabels, otherAnnotations, etag, created);
        }

        /** What an annotation says; empty if there is none. */
        String annotation(String name) {
            return annotations.getOrDefault(name, "");
        }
    }

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

    <T> Optional<T> missing(String operation, GcpFailure.Refused e) {
        if (e.isMissing()) {
            return Optional.empty();
        }
        throw refused(operation, e);
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

    interface Page {
        String after(String token);
    }

    void pages(String operation, Page page) {
        Set<String> seen = new HashSet<>();
        String token = "";
        do {
            token = page.after(token);
            if (!token.isEmpty() && (!seen.add(token) || seen.size() > MAX_PAGES)) {
                throw failed(operation, "the listing has no end", "check the attribute " + GcpSettings.ENDPOINT);
            }
        } while (!token.isEmpty());
    }

    /**
     * Shows cheaply whether the project can be reached, and whether values can be read. A right to values can be given for
     * single secrets, so it is asked for one of coffer's own.
     *
     * @param label of coffer's own
     */
    void probe(String label, String value) {
        ListSecretsRequest request = ListSecretsRequest.newBuilder()
                .setParent(ProjectName.of(settings.project()).toString())
                .setPageSize(1)
                .setFilter("labels." + label + "=" + value)
                .build();
        try {
            List<Secret> own =
                    read("check", sdk -> sdk.listSecretsCallable().call(request).getSecretsList());
            if (!own.isEmpty()) {
                requireAccess(own.get(0).getName());
            }
        } catch (GcpFailure.Refused e) {
            throw refused("check", e);
        }
    }

    /** Of a secret that was deleted meanwhile, Google grants nothing: whether it is there tells that apart. */
    private void requireAccess(String secret) throws GcpFailure.Refused {
        TestIamPermissionsRequest request = TestIamPermissionsRequest.newBuilder()
                .setResource(secret)
                .addPermissions(ACCESS)
                .build();
        boolean granted = read("check", sdk -> sdk.testIamPermissions(request).getPermissionsList())
                .contains(ACCESS);
        if (!granted && meta("check", idIn(secret)).isPresent()) {
            throw notPermitted("check", "the permission " + ACCESS + " is missing");
        }
    }

    // Writing

    /**
     * Makes a secret without a value.
     *
     * @param annotations others than anybody else gives, so that it is known again
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
        boolean[] lost = {false};
        try {
            return written(operation, sdk -> Optional.of(Meta.of(sdk.createSecret(request))), () -> {
                lost[0] = true;
                return madeWith(operation, id, annotations);
            });
        } catch (GcpFailure.Refused e) {
            if (!e.is("ALREADY_EXISTS")) {
                throw refused(operation, e);
            }
            return lost[0]
                    ? madeWith(operation, id, annotations)
                            .orElseThrow(() -> failed(operation, "it is not known whether it was done", "try again"))
                    : Optional.empty();
        }
    }

    /** Of a lost creation: the secret if it was made by that, nothing if by somebody else; empty if there is none. */
    private Optional<Optional<Meta>> madeWith(String operation, String id, Map<String, String> annotations) {
        Optional<Meta> found = meta(operation, id);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.filter(meta -> annotations.equals(meta.annotations())));
    }

    /** Replaces labels and annotations. Empty if somebody else changed them since, or deleted the secret. */
    Optional<Meta> update(String operation, Meta changed) {
        UpdateSecretRequest request = UpdateSecretRequest.newBuilder()
                .setSecret(Secret.newBuilder()
                        .setName(secretName(changed.id()).toString())
                        .setEtag(changed.etag())
                        .putAllLabels(changed.labels())
                        .putAllAnnotations(changed.annotations()))
                .setUpdateMask(FieldMask.newBuilder().addPaths("labels").addPaths("annotations"))
                .build();
        boolean[] lost = {false};
        Lookup<Meta> lookup = () -> {
            lost[0] = true;
            return meta(operation, changed.id())
                    .filter(found -> found.labels().equals(changed.labels())
                            && found.annotations().equals(changed.annotations()));
        };
        try {
            return Optional.of(written(operation, sdk -> Meta.of(sdk.updateSecret(request)), lookup));
        } catch (GcpFailure.Refused e) {
            if (e.isOvertaken() || e.isMissing()) {
                return lost[0] ? lookup.result() : Optional.empty();
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
        boolean[] lost = {false};
        Lookup<Deleted> lookup = () -> {
            lost[0] = true;
            return deleted(operation, seen);
        };
        try {
            return written(
                    operation,
                    sdk -> {
                        sdk.deleteSecret(request);
                        return Deleted.DONE;
                    },
                    lookup);
        } catch (GcpFailure.Refused e) {
            if (e.isMissing()) {
                return lost[0] ? Deleted.DONE : Deleted.MISSING;
            }
            if (e.isOvertaken()) {
                return lost[0] ? lookup.result().orElse(Deleted.OVERTAKEN) : Deleted.OVERTAKEN;
            }
            throw refused(operation, e);
        }
    }

    /** What became of a deletion without an answer; empty if it was not done and can be sent again. */
    private Optional<Deleted> deleted(String operation, Meta seen) {
        Optional<Meta> now = meta(operation, seen.id());
        if (now.isEmpty() || !now.get().created().equals(seen.created())) { // another one has the id since
            return Optional.of(Deleted.DONE);
        }
        return now.get().etag().equals(seen.etag()) ? Optional.empty() : Optional.of(Deleted.OVERTAKEN);
    }

    // Sending

    interface Call<T> {
        T by(SecretManagerServiceClient sdk) throws GcpFailure;
    }

    interface Lookup<T> {
        Optional<T> result();
    }

    /** Sends something that may be sent twice without harm, as often as it takes. */
    <T> T read(String operation, Call<T> call) throws GcpFailure.Refused {
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
            pauses.before(attempt, wanted);
        }
    }

    /**
     * Writes. Without an answer, what became of it is looked up.
     *
     * @param lookup what the write would have returned; empty if it was not done
     */
    <T> T written(String operation, Call<T> call, Lookup<T> lookup) throws GcpFailure.Refused {
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
            pauses.before(attempt, wanted);
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

    SecretName secretName(String id) {
        return SecretName.of(settings.project(), id);
    }

    /** Google may name the project by its number, whatever it was asked by. */
    private static String idIn(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no secret");
        }
        return matcher.group(1);
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

    private RemoteException notPermitted(String operation, String why) {
        return failed(
                operation,
                "not permitted: " + why,
                "give the credentials a role with it in the project, or check the attribute " + GcpSettings.PROJECT);
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
            return notPermitted(
                    operation,
                    e.permission()
                            .map(permission -> "the permission " + permission + " is missing")
                            .orElse(text(e)));
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
