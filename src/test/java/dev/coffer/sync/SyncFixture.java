package dev.coffer.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.LocalFlavor;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.vault.TestHome;
import dev.coffer.vault.Vault;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/**
 * Laptops with stores of their own, each with its own key, and one place that all of them synchronize with. Each opens the
 * place anew for every synchronization, as the command does.
 */
public abstract class SyncFixture {
    /** All laptops see the same secrets of the place. */
    protected static final Map<String, String> TEAM = Map.of("scope", "namespace", "namespace", "team");

    private final List<Home> homes = new ArrayList<>();

    /** A value of one of several secrets; {@code nothing} if it is not there. */
    public static String value(Map<String, Map<String, String>> contents, String name, String key) {
        return contents.getOrDefault(name, Map.of()).getOrDefault(key, "nothing");
    }

    /** Only for tests of synchronizations. */
    protected SyncFixture() {}

    /**
     * A secrets manager over the place of this test.
     *
     * @param component the name of the component
     * @param attributes {@link #TEAM}
     */
    protected abstract SecretsManager open(String component, Map<String, String> attributes);

    /** The content of a secret on the place, in clear; one that only writes looks into its provider. */
    protected Map<String, String> read(SecretsManager manager, String name) {
        return TestHome.revealed(manager.getSecret(SecretName.of(name)));
    }

    /** Removes the place. */
    protected void cleanUp() throws Exception {}

    @AfterEach
    final void closeAll() throws Exception {
        try {
            homes.forEach(Home::close);
        } finally {
            cleanUp();
        }
    }

    /** A laptop with the place as its target. */
    protected final Home laptop(String name) {
        return laptop(name, Direction.BOTH, false);
    }

    /** A laptop with the place as its target. */
    protected final Home laptop(String name, Direction direction, boolean adopt) {
        Home home = new Home(name, TestHome.create(name));
        homes.add(home);
        home.sync.add(home.place, "", List.of(), direction, adopt);
        return home;
    }

    /** A laptop whose secrets of one key, so many, are on the place, too. */
    protected final Home pushed(int count) {
        Home ada = laptop("ada");
        for (int i = 0; i < count; i++) {
            ada.local.registerSecret(secret("s" + i, "k", "v" + i));
        }
        ada.run();
        if (ada.states().size() != count) {
            throw new AssertionError(ada.states().toString());
        }
        return ada;
    }

    /** What the place holds. */
    protected final Map<String, Map<String, String>> there() {
        try (SecretsManager manager = open("onlooker", TEAM)) {
            return contents(manager, this::read);
        }
    }

    private interface Reader {
        Map<String, String> read(SecretsManager manager, String name);
    }

    private static Map<String, Map<String, String>> contents(SecretsManager manager, Reader reader) {
        Map<String, Map<String, String>> contents = new TreeMap<>();
        manager.getAllSecretKeys()
                .forEach(name -> contents.put(name.value(), new TreeMap<>(reader.read(manager, name.value()))));
        return contents;
    }

    /** A secret of any keys. */
    protected static Secret secret(String name, String... keysAndValues) {
        return TestHome.secret(name, keysAndValues);
    }

    /** A laptop. */
    protected final class Home {
        /** The folder with the store. */
        public final TestHome home;
        /** The secrets of the store. */
        public final SecretsManager local;
        /** Its synchronizations. */
        public final Sync sync;

        private final Vault vault;
        private final UUID place;
        private final Calls calls = new Calls();

        private Home(String name, TestHome home) {
            this.home = home;
            this.vault = home.vault();
            this.place = UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
            ComponentDefinition definition =
                    new ComponentDefinition(ComponentType.SECRETS_MANAGER, "local", "local", TestHome.HERE, Map.of());
            this.local = new LocalFlavor(vault).create(definition, vault.schemas());
            this.sync = new Sync(vault.syncStore(TestHome.HERE), managers(name), Clock.systemUTC());
        }

        private Sync.Managers managers(String name) {
            return new Sync.Managers() {
                @Override
                public Set<SecretName> credentials() {
                    return Set.of();
                }

                @Override
                public String place(UUID id) {
                    return "here";
                }

                @Override
                public Optional<String> name(UUID componentId) {
                    return Optional.of("team");
                }

                @Override
                public SecretsManager open(UUID componentId) {
                    return calls.of(SyncFixture.this.open(name, TEAM));
                }
            };
        }

        /** Registers or updates. */
        public void put(String name, String... keysAndValues) {
            Secret secret = secret(name, keysAndValues);
            if (local.getAllSecretKeys().contains(secret.name())) {
                local.updateSecret(secret);
            } else {
                local.registerSecret(secret);
            }
        }

        /** Deletes. */
        public void delete(String name) {
            local.deleteSecret(SecretName.of(name));
        }

        /** Renames. */
        public void rename(String from, String to) {
            ((Renaming) local).renameSecret(SecretName.of(from), SecretName.of(to));
        }

        /** What the store holds. */
        public Map<String, Map<String, String>> here() {
            return contents(local, (manager, name) -> TestHome.revealed(manager.getSecret(SecretName.of(name))));
        }

        /** Whether a value is in the history of a secret, deleted or not. */
        public boolean remembers(String name, String key, String value) {
            Versioned versioned = (Versioned) local;
            return versioned.history(SecretName.of(name)).stream()
                    .filter(version -> !version.deleted())
                    .anyMatch(version -> {
                        try (Secret old = versioned.getSecret(SecretName.of(name), version.version())) {
                            return old.content().containsKey(key)
                                    && old.value(key).revealText().equals(value);
                        }
                    });
        }

        /** The target. */
        public SyncTarget target() {
            return sync.target("team");
        }

        /** Synchronizes, deletions included. */
        public Map<String, Outcome.Result> run() {
            return run(true);
        }

        /** Synchronizes; a failure if anything is refused. */
        public Map<String, Outcome.Result> run(boolean mirrorDeletes) {
            Map<String, Outcome.Result> results = new TreeMap<>();
            for (Outcome outcome : outcomes(mirrorDeletes)) {
                results.put(outcome.item().name().value(), outcome.result());
                if (outcome.error() != null && outcome.result() == Outcome.Result.FAILED) {
                    throw new AssertionError(outcome.item().toString(), outcome.error());
                }
            }
            return results;
        }

        /** Synchronizes, whatever comes of it. */
        public List<Outcome> outcomes(boolean mirrorDeletes) {
            return sync.synchronize(target(), Direction.BOTH, mirrorDeletes, Progress.NONE);
        }

        /** Looks at the target and plans. */
        public Plan plan() {
            return sync.plan(target(), Direction.BOTH, true);
        }

        /** One secret of a plan that is made now. */
        public Item item(String name) {
            return plan().items().stream()
                    .filter(item -> item.name().value().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + name + " in the plan"));
        }

        /** How the secrets stand, as was seen last. */
        public Map<String, SyncState> states() {
            return sync.status(target()).plan().items().stream()
                    .collect(Collectors.toMap(
                            item -> item.name().value(), Item::state, (one, other) -> one, LinkedHashMap::new));
        }

        /** Decides a conflict. */
        public Conflict.Decided resolve(String name, Conflict.Choice choice) {
            try (Conflict conflict = sync.conflict(target(), SecretName.of(name))) {
                return conflict.resolve(choice);
            }
        }

        /** The writes to the target that a task costs. */
        public List<String> writesOf(Runnable task) {
            calls.clear();
            task.run();
            return calls.writes();
        }

        /** The keys of the store. */
        public Vault vault() {
            return vault;
        }

        private void close() {
            local.close();
            home.close();
        }
    }

    /** What somebody else does on the place, through a manager of their own. */
    protected final void elsewhere(java.util.function.Consumer<SecretsManager> deed) {
        try (SecretsManager manager = open("somebody", TEAM)) {
            deed.accept(manager);
        }
    }
}
