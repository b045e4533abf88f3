package dev.coffer.sync;

import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SyncStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The local store as a plan needs it. */
final class LocalSide {
    private LocalSide() {}

    /** All secrets here; a live one is opened only if it is not the version that was looked at before. */
    static List<Planner.Local> of(SyncStore store, SyncTarget target, List<Base> bases) {
        Map<UUID, Base> known = new HashMap<>();
        bases.forEach(base -> known.put(base.secretId(), base));
        List<Planner.Local> locals = new ArrayList<>();
        for (SecretHead head : store.heads()) {
            Base base = known.get(head.id());
            if (head.deleted() || (base == null && !target.includes(head.name()))) {
                locals.add(new Planner.Local(head, Prints.NONE));
            } else if (base != null && base.recorded() && base.localVersion() == head.version()) {
                locals.add(new Planner.Local(head, base.local()));
            } else {
                local(store, head).ifPresent(locals::add);
            }
        }
        return locals;
    }

    /** Empty if somebody purged it meanwhile. */
    private static Optional<Planner.Local> local(SyncStore store, SecretHead listed) {
        Optional<SecretHead> head = Optional.of(listed);
        while (head.isPresent() && !head.get().deleted()) {
            try (Secret secret = store.getSecret(head.get().id(), head.get().version())) {
                return Optional.of(new Planner.Local(head.get(), Prints.of(secret, store)));
            } catch (NoSuchSecretException e) {
                // Somebody wrote a later version meanwhile, and no more than one is kept.
                head = store.heads().stream()
                        .filter(now -> now.id().equals(listed.id()))
                        .findFirst();
            }
        }
        return head.map(tombstone -> new Planner.Local(tombstone, Prints.NONE));
    }
}
