package dev.coffer.flavor.postgres;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.AttributeDeclaration.Kind;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.crypto.KdfParameters;
import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps secrets as ciphertext in PostgreSQL, which sees neither keys nor values and, if asked to, no names. */
public final class PostgresFlavor implements SecretsManagerFlavor {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10); // others hold a row for some milliseconds
    private static final int PAUSE_DOUBLINGS = 5;

    private final Clock clock;
    private final Map<String, String> environment;
    private final Supplier<KdfParameters> passphraseCost;

    /**
     * Makes the flavor.
     *
     * @param clock dates versions
     * @param environment as of {@link System#getenv()}: {@code PGUSER} and {@code PGPASSWORD}
     */
    public PostgresFlavor(Clock clock, Map<String, String> environment) {
        this(clock, environment, KdfParameters::recommended);
    }

    PostgresFlavor(Clock clock, Map<String, String> environment, Supplier<KdfParameters> passphraseCost) {
        this.clock = clock;
        this.environment = environment;
        this.passphraseCost = passphraseCost;
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String description() {
        return "keeps secrets as ciphertext in PostgreSQL; the server never sees a key or a value";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        List<AttributeDeclaration> all = new ArrayList<>();
        all.add(new AttributeDeclaration(
                PostgresSettings.URL,
                Kind.TEXT,
                true,
                Optional.empty(),
                "the server and the database: postgresql://HOST:5432/DATABASE",
                false));
        all.add(text(PostgresSettings.USER, null, "the role; else PGUSER, else the name of the account"));
        all.add(sensitive(PostgresSettings.PASSWORD, "the role's password; else PGPASSWORD or ~/.pgpass"));
        all.add(text(PostgresSettings.SCHEMA, "coffer", "the schema in the database that the tables are in"));
        all.add(sensitive(PostgresSettings.PASSPHRASE, "opens the target's keys, and makes them at the first write"));
        all.add(text(
                PostgresSettings.KEY_FILE,
                null,
                "a key file that opens the target's keys; the first write makes it if it is missing"));
        all.add(new AttributeDeclaration(
                PostgresSettings.HIDE_NAMES,
                Kind.FLAG,
                false,
                Optional.empty(),
                "whether a new target hides the names of secrets from the server, too",
                false));
        all.add(text(PostgresSettings.CA_FILE, null, "certificates to trust, PEM; else those of the JDK"));
        all.add(text(PostgresSettings.CLIENT_CERT_FILE, null, "the client's certificates, PEM"));
        all.add(text(PostgresSettings.CLIENT_KEY_FILE, null, "the client's private key, PKCS #8, not encrypted"));
        all.add(number(PostgresSettings.CONNECT_TIMEOUT, "5", "seconds to wait for a connection"));
        all.add(
                number(
                        PostgresSettings.REQUEST_TIMEOUT,
                        "30",
                        "seconds that an attempt at an operation may take; there are at most four if the server does not answer"));
        all.addAll(SecretScope.attributes());
        return List.copyOf(all);
    }

    private static AttributeDeclaration text(String name, @Nullable String value, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.ofNullable(value), what, false);
    }

    private static AttributeDeclaration number(String name, String value, String what) {
        return new AttributeDeclaration(name, Kind.NUMBER, false, Optional.of(value), what, false);
    }

    private static AttributeDeclaration sensitive(String name, String what) {
        return new AttributeDeclaration(name, Kind.TEXT, false, Optional.empty(), what, true);
    }

    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        PostgresSession session = new PostgresSession(
                PostgresSettings.of(definition, environment), new Pauses("PostgreSQL", FIRST_PAUSE, PAUSE_DOUBLINGS));
        TargetAccess access = new TargetAccess(session, clock, passphraseCost);
        return new PostgresSecretsManager(
                definition,
                schemas,
                session,
                access,
                SecretScope.of(definition).owner(),
                clock,
                new TargetKeySlots(session, access, clock, passphraseCost));
    }
}
