package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The provider secret that is there while a secret of the layout per-key is registered or deleted. There can be one only.
 *
 * @param meta as it was when it became one's own: who takes it over changes it
 * @param id of the change, which no other has
 * @param after the changes whose place this one took
 * @param ofDeletion whether it was shut to delete the secret behind it
 */
record PerKeyGate(Meta meta, String id, List<String> after, boolean ofDeletion) {
    private static final String DELETING = "delete-";
    private static final int MOST_AFTER = 100; // Google takes 16 KiB of annotations

    /** What a provider secret that is a gate says. */
    static PerKeyGate of(Meta meta) {
        String note = meta.annotation(GcpClient.REGISTERING);
        boolean ofDeletion = note.startsWith(DELETING);
        return new PerKeyGate(
                meta, ofDeletion ? note.substring(DELETING.length()) : note, PerKeyGroups.after(meta), ofDeletion);
    }

    /** Shuts it; empty if it is shut. */
    static Optional<PerKeyGate> shut(
            GcpClient client, GcpNames names, String operation, SecretName name, boolean toDelete) {
        return client.create(
                        operation,
                        names.of(name, ""),
                        Map.of(GcpSecretsManager.MARK, names.mark(), PerKeyGroups.GROUP, GcpNames.label(name)),
                        Map.of(
                                GcpSecretsManager.NAME,
                                name.value(),
                                GcpClient.REGISTERING,
                                (toDelete ? DELETING : "") + UUID.randomUUID()))
                .map(PerKeyGate::of);
    }

    /** Makes it one's own, without opening it in between; empty if somebody else was quicker. */
    Optional<PerKeyGate> takeOver(GcpClient client, String operation) {
        List<String> replaced = new ArrayList<>(after);
        replaced.add(id);
        Map<String, String> annotations = new HashMap<>(meta.annotations());
        annotations.put(GcpClient.REGISTERING, (ofDeletion ? DELETING : "") + UUID.randomUUID());
        annotations.put(
                PerKeyGroups.AFTER,
                String.join(" ", replaced.subList(Math.max(0, replaced.size() - MOST_AFTER), replaced.size())));
        return client.update(operation, meta.with(meta.labels(), annotations)).map(PerKeyGate::of);
    }

    boolean isTakenOver() {
        return !after.isEmpty();
    }

    /** Whether a key was made by the change to which this gate belongs. */
    boolean made(Meta meta) {
        return id.equals(meta.annotation(PerKeyGroups.REGISTRATION));
    }

    /** Whether a key of coffer's was left by a change that this one took the place of. */
    boolean replaces(Meta meta) {
        return !made(meta) && (ofDeletion || after.contains(meta.annotation(PerKeyGroups.REGISTRATION)));
    }

    /** What the keys say that are made behind it. */
    Map<String, String> origin() {
        return after.isEmpty()
                ? Map.of(PerKeyGroups.REGISTRATION, id)
                : Map.of(PerKeyGroups.REGISTRATION, id, PerKeyGroups.AFTER, String.join(" ", after));
    }
}
