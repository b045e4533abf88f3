package dev.coffer.flavor.gcp;

import com.google.cloud.secretmanager.v1.AccessSecretVersionResponse;
import com.google.cloud.secretmanager.v1.AddSecretVersionRequest;
import com.google.cloud.secretmanager.v1.ListSecretVersionsRequest;
import com.google.cloud.secretmanager.v1.ListSecretVersionsResponse;
import com.google.cloud.secretmanager.v1.SecretPayload;
import com.google.cloud.secretmanager.v1.SecretVersion;
import com.google.cloud.secretmanager.v1.SecretVersionName;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The versions of secrets. Of all that Secret Manager tells of them only one thing is never behind: whether there is a version
 * of a certain number, and its value. What {@code latest} means and the list of versions may be minutes old.
 */
final class GcpVersions {
    private static final Pattern NAME = Pattern.compile("projects/[^/]+/secrets/[A-Za-z0-9_-]+/versions/(\\d{1,18})");
    private static final int MOST_BEHIND = 1_000; // versions that a look at the latest one can have missed

    private final GcpClient client;

    GcpVersions(GcpClient client) {
        this.client = client;
    }

    /** A version and its value. */
    record Version(long number, byte[] value) {}

    /** Why a version that counts cannot be read. */
    enum Obstacle {
        /** Somebody disabled it. */
        DISABLED,
        /** It is enabled, and yet refused: the key that encrypts it is disabled, say. */
        LOCKED
    }

    /**
     * What is current.
     *
     * @param version empty if there is none that can be read
     * @param last the number of the last version, destroyed ones included; 0 if there never was one
     * @param obstacle why the last version that is not destroyed cannot be read
     */
    record Current(Optional<Version> version, long last, Optional<Obstacle> obstacle) {
        private static Current of(Version version) {
            return new Current(Optional.of(version), version.number(), Optional.empty());
        }

        /** Whether there is a value, though perhaps none that can be read. */
        boolean isThere() {
            return version.isPresent() || obstacle.isPresent();
        }
    }

    /**
     * A version that was added.
     *
     * @param overtaken whether somebody else added one after that which was seen before
     */
    record Added(long number, boolean overtaken) {}

    // Reading

    /**
     * The current version, perhaps not the very last one if that is minutes old. One that is destroyed was never meant to stay,
     * and the one before it counts.
     */
    Current current(String operation, String id) {
        try {
            return look(operation, id);
        } catch (GcpFailure.Refused e) {
            throw client.refused(operation, e);
        }
    }

    /** The same; empty if nobody with these credentials may read it. */
    Optional<Current> currentIfPermitted(String operation, String id) {
        try {
            return Optional.of(look(operation, id));
        } catch (GcpFailure.Refused e) {
            if (e.is("PERMISSION_DENIED")) {
                return Optional.empty();
            }
            throw client.refused(operation, e);
        }
    }

    /** The current version, and really the last one: for one request more. */
    Current last(String operation, String id) {
        Current current = current(operation, id);
        return current.last() == 0 ? current : after(operation, id, current);
    }

    /**
     * The current version, and none from before one that was seen: for two requests more if what is told first is older. A
     * secret of which there is no such version was made anew since.
     *
     * @param seen the number of that version; 0 if none was seen
     */
    Current current(String operation, String id, long seen) {
        Current current = current(operation, id);
        if (current.last() == 0 || current.last() >= seen) {
            return current;
        }
        Current later = after(operation, id, new Current(current.version(), seen - 1, current.obstacle()));
        return later.last() < seen ? current : later;
    }

    private Current look(String operation, String id) throws GcpFailure.Refused {
        try {
            return Current.of(access(operation, id, "latest"));
        } catch (GcpFailure.Refused e) {
            if (e.isMissing()) {
                return after(operation, id, new Current(Optional.empty(), 0, Optional.empty()));
            }
            if (!e.is("FAILED_PRECONDITION")) {
                throw e;
            }
        }
        List<SecretVersion> versions = list(operation, id);
        long last = versions.isEmpty() ? 0 : number(versions.get(0).getName());
        return after(operation, id, listed(operation, id, versions, last));
    }

    private Current listed(String operation, String id, List<SecretVersion> versions, long last)
            throws GcpFailure.Refused {
        for (SecretVersion version : versions) {
            if (version.getState() == SecretVersion.State.DISABLED) {
                return new Current(Optional.empty(), last, Optional.of(Obstacle.DISABLED));
            }
            if (version.getState() == SecretVersion.State.ENABLED) {
                Numbered found = numbered(operation, id, number(version.getName()));
                if (found.exists()) {
                    return new Current(
                            Optional.ofNullable(found.version()),
                            last,
                            found.version() == null ? Optional.of(Obstacle.LOCKED) : Optional.empty());
                }
            }
        }
        return new Current(Optional.empty(), last, Optional.empty());
    }

    /** What is current after all versions that were added since. */
    private Current after(String operation, String id, Current seen) {
        Current current = seen;
        boolean unsure = false;
        for (long number = seen.last() + 1; number <= seen.last() + MOST_BEHIND; number++) {
            Numbered next = required(operation, id, number);
            if (!next.exists()) {
                return unsure ? listedAfter(operation, id, current) : current;
            }
            Version found = next.version();
            unsure = found == null;
            current = found == null ? new Current(current.version(), number, current.obstacle()) : Current.of(found);
        }
        throw client.failed(operation, "the versions have no end", "check the attribute " + GcpSettings.ENDPOINT);
    }

    /** The last version cannot be read. Why, the list says, if it knows that version. */
    private Current listedAfter(String operation, String id, Current seen) {
        List<SecretVersion> versions = list(operation, id);
        if (versions.isEmpty() || number(versions.get(0).getName()) < seen.last()) {
            throw client.failed(operation, "a version that was just added cannot be read", "try again in a while");
        }
        try {
            return listed(operation, id, versions, number(versions.get(0).getName()));
        } catch (GcpFailure.Refused e) {
            throw client.refused(operation, e);
        }
    }

    /** Whether there is a version after that which was seen as the last one. */
    boolean isOvertaken(String operation, String id, long last) {
        return required(operation, id, last + 1).exists();
    }

    /**
     * A version by its number.
     *
     * @param exists whether there is one
     * @param version null if it cannot be read
     */
    private record Numbered(boolean exists, @Nullable Version version) {}

    private Numbered required(String operation, String id, long number) {
        try {
            return numbered(operation, id, number);
        } catch (GcpFailure.Refused e) {
            throw client.refused(operation, e);
        }
    }

    private Numbered numbered(String operation, String id, long number) throws GcpFailure.Refused {
        try {
            return new Numbered(true, access(operation, id, String.valueOf(number)));
        } catch (GcpFailure.Refused e) {
            if (e.isMissing() || e.is("FAILED_PRECONDITION")) {
                return new Numbered(!e.isMissing(), null);
            }
            throw e;
        }
    }

    private Version access(String operation, String id, String version) throws GcpFailure.Refused {
        return client.read(operation, sdk -> {
            AccessSecretVersionResponse answer = sdk.accessSecretVersion(name(id, version));
            byte[] value = answer.getPayload().getData().toByteArray();
            if (answer.getPayload().hasDataCrc32C() && answer.getPayload().getDataCrc32C() != checksum(value)) {
                throw new GcpFailure.Lost("the value that came is not the one that was sent");
            }
            long number = number(answer.getName());
            if (!version.equals("latest") && !version.equals(String.valueOf(number))) {
                throw new GcpFailure.Lost("the answer is not about that version");
            }
            return new Version(number, value);
        });
    }

    private static long checksum(byte[] value) {
        CRC32C checksum = new CRC32C();
        checksum.update(value);
        return checksum.getValue();
    }

    /** Those that are known, the last one first; none if there is no secret. */
    private List<SecretVersion> list(String operation, String id) {
        List<SecretVersion> all = new ArrayList<>();
        client.pages(operation, token -> {
            ListSecretVersionsRequest request = ListSecretVersionsRequest.newBuilder()
                    .setParent(client.secretName(id).toString())
                    .setPageSize(GcpClient.PAGE)
                    .setPageToken(token)
                    .build();
            try {
                ListSecretVersionsResponse page = client.read(operation, sdk -> {
                    ListSecretVersionsResponse answer =
                            sdk.listSecretVersionsCallable().call(request);
                    answer.getVersionsList().forEach(version -> number(version.getName()));
                    return answer;
                });
                all.addAll(page.getVersionsList());
                return page.getNextPageToken();
            } catch (GcpFailure.Refused e) {
                client.missing(operation, e);
                return "";
            }
        });
        all.sort(Comparator.comparingLong((SecretVersion version) -> number(version.getName()))
                .reversed());
        return all;
    }

    private SecretVersionName name(String id, String version) {
        return SecretVersionName.of(client.settings().project(), id, version);
    }

    /** The number at the end of the name of a version. */
    private static long number(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no version");
        }
        return Long.parseLong(matcher.group(1));
    }

    // Writing

    /**
     * Adds a version.
     *
     * @param last the last version that was seen
     * @param isOurs whether a value is the one that is written here
     * @return empty if there is no such secret
     */
    Optional<Added> add(String operation, String id, byte[] value, long last, Predicate<byte[]> isOurs) {
        AddSecretVersionRequest request = AddSecretVersionRequest.newBuilder()
                .setParent(client.secretName(id).toString())
                .setPayload(SecretPayload.newBuilder()
                        .setData(ByteString.copyFrom(value))
                        .setDataCrc32C(checksum(value)))
                .build();
        boolean[] sentAgain = {false};
        long number;
        try {
            number = client.written(
                    operation, sdk -> number(sdk.addSecretVersion(request).getName()), () -> {
                        sentAgain[0] = true;
                        return madeAfter(operation, id, last, isOurs);
                    });
        } catch (GcpFailure.Refused e) {
            return client.missing(operation, e);
        }
        boolean overtaken = number != last + 1 && !(sentAgain[0] && isAllOurs(operation, id, last, number, isOurs));
        return Optional.of(new Added(number, overtaken));
    }

    /** The version that was made by a write whose answer was lost. */
    private Optional<Long> madeAfter(String operation, String id, long last, Predicate<byte[]> isOurs) {
        for (long number = last + 1; number <= last + MOST_BEHIND; number++) {
            Numbered next = required(operation, id, number);
            if (!next.exists()) {
                return Optional.empty();
            }
            if (next.version() == null) {
                throw client.failed(operation, "it is not known whether it was done: a version since is gone", null);
            }
            if (isOurs.test(next.version().value())) {
                return Optional.of(number);
            }
        }
        throw client.failed(operation, "the versions have no end", "check the attribute " + GcpSettings.ENDPOINT);
    }

    private boolean isAllOurs(String operation, String id, long last, long number, Predicate<byte[]> isOurs) {
        for (long between = last + 1; between < number; between++) {
            Version version = required(operation, id, between).version();
            if (version == null || !isOurs.test(version.value())) {
                return false;
            }
        }
        return true;
    }

    /** Destroys a version that must not stay. */
    void destroy(String operation, String id, long number) {
        change(operation, sdk -> sdk.destroySecretVersion(name(id, String.valueOf(number))));
    }

    /** Does to a version that was replaced what the component says. */
    void retire(String operation, String id, long number) {
        SecretVersionName old = name(id, String.valueOf(number));
        switch (client.settings().oldVersions()) {
            case KEEP -> {}
            case DISABLE -> change(operation, sdk -> sdk.disableSecretVersion(old));
            case DESTROY -> change(operation, sdk -> sdk.destroySecretVersion(old));
        }
    }

    /** Changes the state of a version, which can be done twice. That it is gone, or destroyed, is as good. */
    private void change(String operation, GcpClient.Call<SecretVersion> call) {
        try {
            client.read(operation, call);
        } catch (GcpFailure.Refused e) {
            if (!e.isMissing() && !e.is("FAILED_PRECONDITION")) {
                throw client.refused(operation, e);
            }
        }
    }
}
