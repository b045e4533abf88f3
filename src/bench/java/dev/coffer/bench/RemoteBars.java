package dev.coffer.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.postgres.PostgresFlavor;
import dev.coffer.flavor.postgres.PostgresServer;
import dev.coffer.flavor.vault.VaultFlavor;
import dev.coffer.flavor.vault.VaultServer;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Remote flavors against plain clients that make the same calls of the same server on loopback, in one process and in
 * turns of a few hundred calls, so that both meet the same moments of the machine: one caller after the other for the time
 * that a call takes, and several at once for how many calls are made in a time.
 */
final class RemoteBars {
    private static final int SECRETS = 100;
    private static final int CALLS = 300; // of one side before the other has its turn
    private static final int TURNS = 65; // the first fifty only warm up: what decrypts is slow until it is compiled
    private static final int WARM_UP = 50;
    private static final int CALLERS = 4;

    private final Settings settings;
    private final List<Bar> bars = new ArrayList<>();

    RemoteBars(Settings settings) {
        this.settings = settings;
    }

    /** One call; the number says which secret it is about. */
    private interface Call {
        void make(int n) throws Exception;
    }

    List<Bar> measure() throws Exception {
        if (settings.wants("vault")) {
            if (Files.isExecutable(settings.checkout().resolve("target/vault-server"))) {
                vault();
            } else {
                Progress.say("flavor vault: there is no target/vault-server here");
            }
        }
        if (settings.wants("postgres")) {
            postgres();
        }
        return bars;
    }

    private void postgres() throws Exception {
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            try (SecretsManager manager = target(server, "coffer");
                    SecretsManager theirs = target(server, "plain")) {
                for (SecretsManager filled : List.of(manager, theirs)) {
                    fill(filled);
                }
                try (PlainTarget plain = new PlainTarget(server.port(), "plain")) {
                    ratio(
                            "postgres-get",
                            "flavor `postgres`, `getSecret`, against plain JDBC",
                            n -> manager.getSecret(SecretName.of(name(n))).close(),
                            n -> plain.get(name(n)));
                    int[] round = {0};
                    ratio(
                            "postgres-update",
                            "flavor `postgres`, `updateSecret`, against the same statements",
                            n -> {
                                try (Secret secret = secret(n, ++round[0])) {
                                    manager.updateSecret(secret);
                                }
                            },
                            n -> plain.update(name(n), ++round[0]));
                }
                severalCallers(server);
            }
        }
    }

    /** Each with a connection of its own, on either side. */
    private void severalCallers(PostgresServer server) throws Exception {
        List<SecretsManager> managers = new ArrayList<>();
        List<PlainTarget> plains = new ArrayList<>();
        try {
            for (int i = 0; i < CALLERS; i++) {
                managers.add(target(server, "coffer"));
                plains.add(new PlainTarget(server.port(), "plain"));
            }
            ratio(
                    "postgres-get-4",
                    "the same by " + CALLERS + " callers at once, for each call",
                    managers.stream()
                            .<Call>map(one ->
                                    n -> one.getSecret(SecretName.of(name(n))).close())
                            .toList(),
                    plains.stream().<Call>map(one -> n -> one.get(name(n))).toList());
        } finally {
            managers.forEach(SecretsManager::close);
            for (PlainTarget plain : plains) {
                plain.close();
            }
        }
    }

    private static SecretsManager target(PostgresServer server, String schema) {
        Map<String, String> attributes = Map.of(
                "url", server.url(), "user", "postgres", "schema", schema, "passphrase", "of a bench", "scope", "none");
        return new PostgresFlavor(Clock.systemUTC(), Map.of())
                .create(
                        new ComponentDefinition(
                                ComponentType.SECRETS_MANAGER, "postgres", "bench", UUID.randomUUID(), attributes),
                        SchemaCatalog.builtIn());
    }

    private static void fill(SecretsManager manager) {
        for (int n = 0; n < SECRETS; n++) {
            try (Secret secret = secret(n, 0)) {
                manager.registerSecret(secret);
            }
        }
    }

    private void vault() throws Exception {
        System.setProperty("coffer.checkout", settings.checkout().toString());
        try (VaultServer server = VaultServer.start()) {
            String mount = server.newMount(2);
            ComponentDefinition definition = new ComponentDefinition(
                    ComponentType.SECRETS_MANAGER,
                    "vault",
                    "bench",
                    UUID.randomUUID(),
                    Map.of(
                            "url",
                            server.address().toString(),
                            "mount-point",
                            mount,
                            "token",
                            server.rootToken(),
                            "scope",
                            "none"));
            VaultFlavor flavor = new VaultFlavor(Clock.systemUTC(), Map.of(), Path.of("/no/such/home"));
            try (SecretsManager manager = flavor.create(definition, SchemaCatalog.builtIn())) {
                fill(manager);
                URI place = server.address().resolve("v1/" + mount + "/data/");
                Plain plain = new Plain(place, server.rootToken());
                ratio(
                        "vault-get",
                        "flavor `vault`, `getSecret`, against plain `java.net.http`",
                        n -> manager.getSecret(SecretName.of(name(n))).close(),
                        n -> plain.get(name(n)));
                ratio(
                        "vault-get-4",
                        "the same by " + CALLERS + " callers at once, for each call",
                        Collections.nCopies(
                                CALLERS,
                                n -> manager.getSecret(SecretName.of(name(n))).close()),
                        Collections.nCopies(CALLERS, n -> plain.get(name(n))));
                int[] round = {0};
                ratio(
                        "vault-update",
                        "flavor `vault`, `updateSecret`, against the same two calls",
                        n -> {
                            try (Secret secret = secret(n, ++round[0])) {
                                manager.updateSecret(secret);
                            }
                        },
                        n -> plain.update(name(n), ++round[0]));
            }
        }
    }

    private static String name(int n) {
        return "service-" + n;
    }

    private static Secret secret(int n, int round) {
        Map<String, SecretValue> values = new LinkedHashMap<>();
        values.put("username", SecretValue.of("service-" + n));
        values.put("password", SecretValue.of("0123456789abcdef-" + round));
        values.put("host", SecretValue.of("db-" + n + ".internal.example.com"));
        return Secret.of(SecretName.of(name(n)), values);
    }

    /** The calls without coffer: what is read is parsed, and what is written is made of it. */
    private static final class Plain {
        private static final ObjectMapper JSON = new ObjectMapper();

        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final URI place;
        private final String token;

        Plain(URI place, String token) {
            this.place = place;
            this.token = token;
        }

        Map<?, ?> get(String name) throws IOException, InterruptedException {
            return send(request(name).GET().build());
        }

        void update(String name, int round) throws IOException, InterruptedException {
            Map<?, ?> data = (Map<?, ?>) get(name).get("data");
            Map<Object, Object> values = new LinkedHashMap<>((Map<?, ?>) data.get("data"));
            values.put("password", "0123456789abcdef-" + round);
            Object version = ((Map<?, ?>) data.get("metadata")).get("version");
            byte[] body = JSON.writeValueAsBytes(Map.of("options", Map.of("cas", version), "data", values));
            send(request(name)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());
        }

        private HttpRequest.Builder request(String name) {
            return HttpRequest.newBuilder(place.resolve(name)).header("X-Vault-Token", token);
        }

        private Map<?, ?> send(HttpRequest request) throws IOException, InterruptedException {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode() + ": " + new String(answer.body(), UTF_8));
            }
            return JSON.readValue(answer.body(), Map.class);
        }
    }

    private void ratio(String id, String what, Call coffer, Call plain) throws Exception {
        ratio(id, what, List.of(coffer), List.of(plain));
    }

    private void ratio(String id, String what, List<Call> coffer, List<Call> plain) throws Exception {
        double[] ofCoffer = new double[TURNS - WARM_UP];
        double[] ofPlain = new double[TURNS - WARM_UP];
        for (int turn = 0; turn < TURNS; turn++) {
            double mine = micros(coffer);
            double theirs = micros(plain);
            if (turn >= WARM_UP) {
                ofCoffer[turn - WARM_UP] = mine;
                ofPlain[turn - WARM_UP] = theirs;
            }
        }
        double mine = LibraryBars.median(ofCoffer);
        double theirs = LibraryBars.median(ofPlain);
        double limit = 1.5;
        Bar bar = new Bar(
                id,
                what,
                String.format(Locale.ROOT, "%.2f × (%.0f µs / %.0f µs)", mine / theirs, mine, theirs),
                "≤ " + limit + " ×",
                mine / theirs / limit);
        bars.add(bar);
        Progress.say("%s: %s %s %s", bar.what(), bar.measured(), bar.limit(), bar.verdict());
    }

    /** The time for each call of all callers together. */
    private static double micros(List<Call> callers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers.size());
        try {
            long start = System.nanoTime();
            for (Future<Void> caller :
                    threads.invokeAll(callers.stream().map(RemoteBars::all).toList())) {
                caller.get();
            }
            return (System.nanoTime() - start) / 1e3 / CALLS / callers.size();
        } finally {
            threads.shutdownNow();
        }
    }

    private static Callable<Void> all(Call call) {
        return () -> {
            for (int i = 0; i < CALLS; i++) {
                call.make(i % SECRETS);
            }
            return null;
        };
    }
}
