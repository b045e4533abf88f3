package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Deleted;
import dev.coffer.flavor.gcp.GcpClient.Meta;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The provider secret that is there while a secret of the layout per-key is registered or deleted. There can be one only. It
 * hides the secret, unless that is still compared with what is to be deleted.
 *
 * @param meta as it was when it became one's own: who takes it over changes it
 * @param id of the change, which no other has
 * @param after the changes whose place this one took
 * @param purpose what is done behind it
 */
record PerKeyGate(Meta meta, String id, List<String> after, Purpose purpose) {
    private static final int MOST_AFTER = 100; // Google takes 16 KiB of annotations

    /** What a gate is shut for. Its note begins with it. */
    enum Purpose {
        REGISTERING(""),
        /** The secret is compared before it is deleted: nothing of it is touched yet. */
        COMPARING("compare-"),
        DELETING("delete-");

        private final String note;

        Purpose(String note) {
            this.note = note;
        }

        private static Purpose of(String note) {
            return note.startsWith(DELETING.note)
                    ? DELETING
                    : note.startsWith(COMPARING.note) ? COMPARING : REGISTERING;
        }
    }

    /** What a provider secret that is a gate says. */
    static PerKeyGate of(Meta meta) {
        String note = meta.annotation(GcpClient.REGISTERING);
        Purpose purpose = Purpose.of(note);
        return new PerKeyGate(meta, note.substring(purpose.note.length()), PerKeyGroups.after(meta), purpose);
    }

    /** Shuts it; empty if it is shut. */
    static Optional<PerKeyGate> shut(
            GcpClient client, GcpNames names, String operation, SecretName name, Purpose purpose) {
        return client.create(
                        operation,
                        names.of(name, ""),
                        Map.of(GcpSecretsManager.MARK, names.mark(), PerKeyGroups.GROUP, GcpNames.label(name)),
                        Map.of(
                                GcpSecretsManager.NAME,
                                name.value(),
                                GcpClient.REGISTERING,
                                purpose.note + UUID.randomUUID()))
                .map(PerKeyGate::of);
    }

    /** Makes it one's own, without opening it in between; empty if somebody else was quicker. */
    Optional<PerKeyGate> takeOver(GcpClient client, String operation) {
        List<String> replaced = new ArrayList<>(after);
        replaced.add(id);
        Map<String, String> annotations = noted(
                ofDeletion() ? Purpose.DELETING : Purpose.REGISTERING,
                UUID.randomUUID().toString());
        annotations.put(
                PerKeyGroups.AFTER,
                String.join(" ", replaced.subList(Math.max(0, replaced.size() - MOST_AFTER), replaced.size())));
        return client.update(operation, meta.with(meta.labels(), annotations)).map(PerKeyGate::of);
    }

    /** Says that what is behind it is deleted from now on; empty if somebody else took it over, or opened it. */
    Optional<PerKeyGate> decide(GcpClient client, String operation) {
        return client.update(operation, meta.with(meta.labels(), noted(Purpose.DELETING, id)))
                .map(PerKeyGate::of);
    }

    private Map<String, String> noted(Purpose other, String otherId) {
        Map<String, String> annotations = new HashMap<>(meta.annotations());
        annotations.put(GcpClient.REGISTERING, other.note + otherId);
        return annotations;
    }

    /** Opens it, if it is still one's own, whatever it says by now. */
    void open(GcpClient client, String operation) {
        if (client.delete(operation, meta) == Deleted.OVERTAKEN) {
            client.meta(operation, meta.id())
                    .filter(now -> of(now).id().equals(id))
                    .ifPresent(now -> client.delete(operation, now));
        }
    }

    boolean ofDeletion() {
        return purpose == Purpose.DELETING;
    }

    boolean ofComparison() {
        return purpose == Purpose.COMPARING;
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
        return !made(meta) && (ofDeletion() || after.contains(meta.annotation(PerKeyGroups.REGISTRATION)));
    }

    /** What the keys say that are made behind it. */
    Map<String, String> origin() {
        return after.isEmpty()
                ? Map.of(PerKeyGroups.REGISTRATION, id)
                : Map.of(PerKeyGroups.REGISTRATION, id, PerKeyGroups.AFTER, String.join(" ", after));
    }
}
