package dev.coffer.flavor.gcp;

import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.httpjson.HttpJsonTransportChannel;
import com.google.api.gax.httpjson.ManagedHttpJsonChannel;
import com.google.api.gax.rpc.FixedTransportChannelProvider;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient;
import com.google.cloud.secretmanager.v1.SecretManagerServiceSettings;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One instance of Google's client and its credentials. Google's client sends each request once: what is sent again, and
 * when, is decided by {@link GcpClient}.
 */
final class GcpConnection implements AutoCloseable {
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

    private final GcpSettings settings;
    private final @Nullable GoogleCredentials credentials;
    private final ManagedHttpJsonChannel channel;
    private final SecretManagerServiceClient sdk;

    private GcpConnection(
            GcpSettings settings,
            @Nullable GoogleCredentials credentials,
            ManagedHttpJsonChannel channel,
            SecretManagerServiceClient sdk) {
        this.settings = settings;
        this.credentials = credentials;
        this.channel = channel;
        this.sdk = sdk;
    }

    /**
     * Finds the credentials and makes a client of them.
     *
     * @throws RemoteException if there are no credentials
     * @throws StoreFileException if the file of the credentials cannot be read
     */
    static GcpConnection open(GcpSettings settings) {
        GoogleCredentials credentials = credentials(settings);
        // Not by its provider, which warns on stderr that there is no Conscrypt, and needs none. Requests run in the
        // caller.
        ManagedHttpJsonChannel channel = ManagedHttpJsonChannel.newBuilder()
                .setEndpoint(settings.endpoint().toString())
                .setHttpTransport(new GcpTransport(settings, false))
                .setExecutor(Runnable::run)
                .build();
        Duration patience =
                settings.connectTimeout().plus(settings.requestTimeout()).plusSeconds(5);
        try {
            SecretManagerServiceSettings.Builder builder = SecretManagerServiceSettings.newHttpJsonBuilder();
            builder.setEndpoint(settings.endpoint().toString());
            builder.setTransportChannelProvider(
                    FixedTransportChannelProvider.create(HttpJsonTransportChannel.create(channel)));
            builder.setCredentialsProvider(
                    credentials == null
                            ? NoCredentialsProvider.create()
                            : FixedCredentialsProvider.create(credentials));
            builder.applyToAllUnaryMethods(method -> {
                method.setRetryableCodes(Set.of()).setSimpleTimeoutNoRetriesDuration(patience);
                return null;
            });
            return new GcpConnection(
                    settings, credentials, channel, SecretManagerServiceClient.create(builder.build()));
        } catch (IOException e) {
            throw new RemoteException(
                    "the client of Google's Secret Manager for " + settings.component() + " cannot be made",
                    settings.component(),
                    null);
        }
    }

    /** Without encryption only those that a file names: the default ones are good for more than this machine. */
    private static @Nullable GoogleCredentials credentials(GcpSettings settings) {
        GcpTransport transport = new GcpTransport(settings, true);
        if (settings.credentials().isPresent()) {
            return fromFile(settings.credentials().get(), transport);
        }
        if (settings.isPlain()) {
            return null;
        }
        try {
            return GoogleCredentials.getApplicationDefault(() -> transport).createScoped(SCOPE);
        } catch (IOException e) {
            throw new RemoteException(
                    "there are no Google credentials for " + settings.component(),
                    settings.component(),
                    "run 'gcloud auth application-default login', or name a file in the attribute "
                            + GcpSettings.CREDENTIALS);
        }
    }

    private static GoogleCredentials fromFile(Path file, GcpTransport transport) {
        try (InputStream in = Files.newInputStream(file)) {
            return GoogleCredentials.fromStream(in, () -> transport).createScoped(SCOPE);
        } catch (IOException | RuntimeException e) { // of the parser, which can quote the file
            throw new StoreFileException(
                    "the credentials file " + file + " cannot be read, or holds no Google credentials",
                    file.toString(),
                    "check the path, its permissions, and that it is a key or a configuration from Google");
        }
    }

    /**
     * The client, after a look whether there is a token.
     *
     * @throws GcpFailure.NotSent if there is none to be had
     */
    SecretManagerServiceClient sdk() throws GcpFailure.NotSent {
        if (credentials != null) {
            try {
                credentials.getRequestMetadata(settings.endpoint());
            } catch (IOException | RuntimeException e) { // quotes what the server said
                for (Throwable at = e; at != null; at = at.getCause()) {
                    if (at instanceof GcpFailure.NotSent unreachable) {
                        throw unreachable;
                    }
                }
                throw new GcpFailure.NotSent("not authenticated: Google gives no token for the credentials", false);
            }
        }
        return sdk;
    }

    /** Gets another token, after one was refused. False if there can be none. */
    boolean refresh() {
        if (credentials == null) {
            return false;
        }
        try {
            credentials.refresh();
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    @Override
    public void close() {
        sdk.close();
        channel.shutdownNow();
    }
}
