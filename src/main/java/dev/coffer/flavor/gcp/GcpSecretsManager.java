package dev.coffer.flavor.gcp;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretsManager;
import java.time.Clock;
import java.util.Optional;

/** What both layouts have in common. */
abstract sealed class GcpSecretsManager implements SecretsManager, Owned, ProviderLimits
        permits JsonLayoutSecretsManager, PerKeyLayoutSecretsManager {
    /** The label of what coffer made or adopted; its value is {@link GcpNames#mark()}. */
    static final String MARK = "coffer";

    /** The annotation with the name of the secret as it is. */
    static final String NAME = "coffer-name";

    /** The error of a value that is refused to everybody. */
    static final String LOCKED = "the latest version is enabled, and yet cannot be read";

    static final String LOCKED_HINT = "look whether the key of Cloud KMS that encrypts it is enabled";

    /** Of all kinds together, in one project. */
    static final double WRITES_PER_MINUTE = 600;

    static final int ATTEMPTS = 32; // of what others overtake; each time one of them has succeeded

    final SecretSchemas schemas;
    final GcpClient client;
    final GcpVersions versions;
    final GcpNames names;
    final Clock clock;
    private final ComponentDefinition definition;

    GcpSecretsManager(
            ComponentDefinition definition, SecretSchemas schemas, GcpClient client, GcpNames names, Clock clock) {
        this.definition = definition;
        this.schemas = schemas;
        this.client = client;
        this.versions = new GcpVersions(client);
        this.names = names;
        this.clock = clock;
    }

    @Override
    public final Optional<String> place() {
        return Optional.of(String.join(
                "\n",
                client.settings().endpoint().toString(),
                client.settings().project(),
                client.settings().prefix(),
                client.settings().layout().name()));
    }

    @Override
    public final ComponentDefinition definition() {
        return definition;
    }

    final boolean isOwned(GcpClient.Meta meta) {
        return names.owns(meta);
    }

    /** Whether there is a value, or it cannot be told as these credentials may not read it. */
    final boolean mayBeThere(String operation, GcpClient.Meta meta) {
        return versions.currentIfPermitted(operation, meta.id())
                .map(GcpVersions.Current::isThere)
                .orElse(true);
    }

    /** The error of a change to what is somebody else's. */
    static ConflictException foreign(SecretName name) {
        return new ConflictException(
                "secret " + name + " was not made by coffer, and stays as it is",
                name.value(),
                "change it with the tool that made it, or adopt it");
    }

    /**
     * Refuses what Secret Manager cannot hold.
     *
     * @throws InvalidException if it cannot
     */
    abstract void requireStorable(Secret secret);

    @Override
    public final Optional<InvalidException> refusal(Secret secret) {
        try {
            requireStorable(secret);
            return Optional.empty();
        } catch (InvalidException e) {
            return Optional.of(e);
        }
    }

    @Override
    public final Optional<CofferException> check() {
        client.requireOpen();
        try {
            client.probe(MARK, names.mark());
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }

    @Override
    public final void close() {
        client.close();
    }
}
