package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.TestTls;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers of its own, which are killed, started again, looked into, and hardened. */
class PostgresServerTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String CANARY = "canary-91c4-sings";

    private final PostgresBackend backend = new PostgresBackend(Map.of());

    @TempDir
    Path folder;

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    private SecretsManager open(PostgresServer server, String... attributes) {
        Map<String, String> all = new HashMap<>(Map.of("scope", "global", "url", server.url()));
        for (int i = 0; i < attributes.length; i += 2) {
            all.put(attributes[i], attributes[i + 1]);
        }
        return backend.open("here", all);
    }

    /** What a writer was told is there, whatever happened to the server. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void serverThatEndsInTheMiddleOfWrites_losesNoneThatWasAcknowledged(boolean killed) throws Exception {
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            AtomicLong acknowledged = new AtomicLong();
            AtomicLong tried = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();
            try (SecretsManager manager = open(server)) {
                manager.registerSecret(secret("0"));
                FutureTask<Integer> writer = new FutureTask<>(() -> {
                    int refused = 0;
                    while (!done.get()) {
                        long next = tried.incrementAndGet();
                        try {
                            manager.updateSecret(secret(String.valueOf(next)));
                            acknowledged.set(next);
                        } catch (RemoteException e) {
                            refused++;
                        }
                    }
                    return refused;
                });
                new Thread(writer).start();
                for (int round = 0; round < 3; round++) {
                    long before = acknowledged.get();
                    while (acknowledged.get() < before + 20) {
                        TimeUnit.MILLISECONDS.sleep(5);
                    }
                    if (killed) {
                        server.kill();
                    }
                    server.restart();
                }
                long before = acknowledged.get();
                while (acknowledged.get() < before + 5) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                done.set(true);
                writer.get(60, TimeUnit.SECONDS);
            }
            try (SecretsManager manager = open(server);
                    Secret found = manager.getSecret(DB)) {
                assertEquals(
                        String.valueOf(acknowledged.get()), found.value("k").revealText());
                List<Long> versions = ((Versioned) manager)
                        .history(DB).stream().map(version -> version.version()).toList();
                assertEquals(found.version().orElseThrow(), versions.size(), "each number once");
                assertTrue(versions.size() <= tried.get() + 1, "no write was done twice");
                assertTrue(versions.size() >= 20, "the writer did write: " + versions.size());
            }
        }
    }

    @Test
    void dataDirectory_holdsNeitherKeyNorValueNorPassphrase() throws IOException {
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            for (String hidden : List.of("false", "true")) {
                try (SecretsManager manager = open(server, "schema", "names_" + hidden, "hide-names", hidden)) {
                    SecretName name = SecretName.of("name-" + hidden + "-" + CANARY);
                    manager.registerSecret(Secret.of(name, Map.of("key-" + CANARY, SecretValue.of("value-" + CANARY))));
                    manager.updateSecret(Secret.of(name, Map.of("key-" + CANARY, SecretValue.of("value-2-" + CANARY))));
                    manager.getAllSecretKeys();
                    manager.deleteSecret(name);
                }
            }
            server.run("CHECKPOINT");
            boolean seen = false;
            try (Stream<Path> files = Files.walk(server.data())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String content = new String(Files.readAllBytes(file), ISO_8859_1);
                    seen |= content.contains("name-false-" + CANARY);
                    for (String forbidden : List.of(
                            "key-" + CANARY,
                            "value-" + CANARY,
                            "value-2-" + CANARY,
                            "name-true-" + CANARY,
                            PostgresBackend.PASSPHRASE)) {
                        assertFalse(content.contains(forbidden), () -> forbidden + " in " + file);
                    }
                }
            }
            assertTrue(seen, "the search finds what is in clear");
        }
    }

    // Logins and TLS

    private static void assertRefused(String words, SecretsManager manager) {
        try (manager) {
            RemoteException e = assertThrows(RemoteException.class, manager::getAllSecretKeys);
            String said = e.getMessage() + e.hint().orElse("");
            assertTrue(said.contains(words), said);
            assertFalse(said.contains("canary"), said);
            CofferException checked = manager.check().orElseThrow();
            assertTrue(checked.getMessage().contains(words), checked.getMessage());
        }
    }

    private static void assertWorks(SecretsManager manager) {
        try (manager) {
            manager.getAllSecretKeys();
            assertTrue(manager.check().isEmpty());
        }
    }

    @Test
    void passwords_areChecked_andNeverTold() throws IOException {
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            server.run("SET password_encryption = 'scram-sha-256'", "CREATE ROLE pw SUPERUSER LOGIN PASSWORD 'right'");
            access(server, "host all pw 127.0.0.1/32 scram-sha-256");
            assertWorks(open(server, "user", "pw", "password", "right"));
            assertRefused("refused the login", open(server, "user", "pw", "password", "canary-wrong"));
            assertRefused("there is none", open(server, "user", "pw"));
        }
    }

    /** Puts a line in front of the rules by which the server lets in. */
    private static void access(PostgresServer server, String line) throws IOException {
        Path rules = server.data().resolve("pg_hba.conf");
        String local = "local all all trust\nhost all postgres 127.0.0.1/32 trust\n";
        Files.write(rules, (line + "\n" + local).getBytes(UTF_8));
        server.run("SELECT pg_reload_conf()");
        try {
            TimeUnit.MILLISECONDS.sleep(300); // for the server's processes to have read it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void tls_isWithTheRightServerOnly() throws IOException {
        TestTls tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        TestTls stranger = TestTls.create(Files.createDirectory(folder.resolve("stranger")), "127.0.0.1");
        for (Path key : List.of(tls.serverKey(), tls.clientKey())) {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        }
        String authority = tls.authority().toString();
        try (PostgresServer server = PostgresServer.start(Map.of(
                "ssl",
                "on",
                "ssl_ca_file",
                authority,
                "ssl_cert_file",
                tls.serverCertificate().toString(),
                "ssl_key_file",
                tls.serverKey().toString()))) {
            server.run("CREATE ROLE plain SUPERUSER LOGIN", "CREATE ROLE certified SUPERUSER LOGIN");
            access(
                    server,
                    "hostnossl all plain 127.0.0.1/32 reject\nhostssl all plain 127.0.0.1/32 trust\n"
                            + "hostssl all certified 127.0.0.1/32 trust clientcert=verify-ca");
            assertWorks(open(server, "user", "plain", "ca-file", authority));
            assertRefused(
                    "certificate is not trusted",
                    open(
                            server,
                            "user",
                            "plain",
                            "ca-file",
                            stranger.authority().toString()));
            assertRefused(
                    "certificate is not trusted, or not for this host",
                    open(
                            server,
                            "user",
                            "plain",
                            "ca-file",
                            authority,
                            "url",
                            server.url().replace("127.0.0.1", "localhost")));
            assertRefused("refused the login", open(server, "user", "certified", "ca-file", authority));
            assertWorks(open(
                    server,
                    "user",
                    "certified",
                    "ca-file",
                    authority,
                    "client-cert-file",
                    tls.clientCertificate().toString(),
                    "client-key-file",
                    tls.clientKey().toString()));
        }
        // A server that knows no TLS gets nothing where certificates are named.
        assertRefused("no TLS", open(PostgresServer.shared(), "ca-file", authority));
    }
}
