package dev.coffer.vault;

import static dev.coffer.component.ComponentType.SECRETS_MANAGER;

import dev.coffer.Coffer;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.Versioned;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What golden stores have since schema 3: versions that no limit prunes, bases, and fingerprints. */
final class GoldenSync {
    private static final UUID TARGET = new UUID(3, 3);

    private GoldenSync() {}

    static SyncStore store(Coffer coffer) {
        return coffer.vault()
                .syncStore(coffer.components().require(SECRETS_MANAGER, "local").id());
    }

    static void fill(Coffer coffer) {
        SyncStore store = store(coffer);
        create(store, "synced/edited", step("sync from team", "base", false));
        UUID edited = create(
                store,
                "synced/conflict",
                step("sync from team", "first", false),
                step("sync from team", "base", false),
                step("conflict with team: ours", "loser", true),
                step("resolve with team: theirs", "winner", false));
        store.changeRecords(
                List.of(base(edited, versions(coffer, "synced/conflict").get(2))));
        create(
                store,
                "synced/gone",
                step("sync from team", "last", true),
                new SecretChange.Step("sync from team", Optional.empty(), false));
        coffer.secretsManager("local").updateSecret(secret("synced/edited", "local"));
    }

    /** The numbers of a secret's versions, newest first. */
    static List<Long> versions(Coffer coffer, String name) {
        return ((Versioned) coffer.secretsManager("local"))
                .history(SecretName.of(name)).stream()
                        .map(SecretVersion::version)
                        .toList();
    }

    private static UUID create(SyncStore store, String name, SecretChange.Step... steps) {
        UUID id = UUID.randomUUID();
        long first = store.versionAfter(0);
        store.change(List.of(new SecretChange(id, SecretName.of(name), 0, List.of(steps))), List.of(base(id, first)));
        return id;
    }

    private static RecordChange base(UUID secret, long version) {
        UUID id = UUID.randomUUID();
        return new RecordChange.Insert(
                SyncStore.BASE,
                id,
                secret + "/" + TARGET + "/" + version + "/" + id,
                "a base".getBytes(StandardCharsets.UTF_8));
    }

    private static SecretChange.Step step(String origin, String value, boolean kept) {
        return new SecretChange.Step(origin, Optional.of(secret("any", value)), kept);
    }

    private static Secret secret(String name, String value) {
        return Secret.of(SecretName.of(name), Map.of("k", SecretValue.of(value)));
    }

    /** A line for each head, base and fingerprint; nothing of a store that was never synchronized. */
    static List<String> describe(Coffer coffer) {
        List<String> lines = new ArrayList<>();
        SyncStore store = store(coffer);
        List<StoredRecord> bases = store.listRecords(SyncStore.BASE);
        if (bases.isEmpty()) {
            return lines;
        }
        for (SecretHead head : store.heads()) {
            lines.add(head.toString());
        }
        for (StoredRecord base : bases) {
            lines.add(base.kind() + " " + base.name() + " " + base.version() + " "
                    + new String(base.body(), StandardCharsets.UTF_8));
        }
        lines.add("fingerprint " + store.fingerprint("k", SecretValue.of("winner")));
        lines.add("fingerprint " + store.fingerprint("schlüssel", SecretValue.of("")));
        return lines;
    }
}
