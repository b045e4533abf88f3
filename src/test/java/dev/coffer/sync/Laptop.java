package dev.coffer.sync;

import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretName;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** One store and its target. */
final class Laptop {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-26T05:00:00Z"), ZoneOffset.UTC);

    final MemorySyncStore store;
    final MeanServer server;
    final Sync sync;

    Laptop(String name, MeanServer server) {
        this(name, server, "", List.of(), Direction.BOTH, false);
    }

    Laptop(String name, MeanServer server, String prefix, List<String> only, Direction direction, boolean adopt) {
        this.store = new MemorySyncStore(name);
        this.server = server;
        this.sync = new Sync(store, server.managers(), CLOCK, 1);
        sync.add(server.componentId, prefix, only, direction, adopt);
    }

    SyncTarget target() {
        return sync.target("team");
    }

    Plan plan() {
        return sync.plan(target(), Direction.BOTH, true);
    }

    /** The same, also if the process dies in the middle. */
    Optional<Map<String, Outcome.Result>> tryIt() {
        try {
            return Optional.of(run());
        } catch (Crash e) {
            return Optional.empty();
        }
    }

    Map<String, Outcome.Result> run() {
        return run(true);
    }

    Map<String, Outcome.Result> run(boolean mirrorDeletes) {
        return sync.synchronize(target(), Direction.BOTH, mirrorDeletes, Progress.NONE).stream()
                .collect(Collectors.toMap(
                        outcome -> outcome.item().name().value(), Outcome::result, (a, b) -> a, TreeMap::new));
    }

    Map<String, SyncState> states() {
        return sync.status(target()).plan().items().stream()
                .collect(Collectors.toMap(item -> item.name().value(), Item::state, (a, b) -> a, TreeMap::new));
    }

    Conflict.Decided resolve(String name, Conflict.Choice choice) {
        try (Conflict conflict = sync.conflict(target(), SecretName.of(name))) {
            return conflict.resolve(choice);
        }
    }

    long intents() {
        return store.recordCount(Journal.INTENT);
    }

    static UUID none() {
        return new UUID(0, 0);
    }
}
