package dev.coffer.sync;

import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What is stored once the outcome of a write to a target is known. */
final class Confirmation {
    private final Journal journal;
    private final boolean untrusted;
    private final long observation;

    /**
     * Makes it.
     *
     * @param untrusted whether it has to be remembered what was deleted
     * @param observation the number of the observation that came last
     */
    Confirmation(Journal journal, boolean untrusted, long observation) {
        this.journal = journal;
        this.untrusted = untrusted;
        this.observation = observation;
    }

    /**
     * The write is done.
     *
     * @param bases what is stored, by name
     * @param leftOver all writes that are not confirmed
     * @param revision of the secret on the target now
     */
    List<RecordChange> done(
            Intent intent, Map<SecretName, Base> bases, Collection<Intent> leftOver, Optional<String> revision) {
        List<RecordChange> changes = new ArrayList<>();
        changes.add(Journal.remove(intent));
        Optional<Base> at = Optional.ofNullable(bases.get(intent.name()));
        switch (intent.kind()) {
            case CLEAN_UP -> {}
            case DELETE -> at.flatMap(this::gone).ifPresent(changes::add);
            case CREATE, UPDATE -> {
                // The name is in use again: it is no old name of anything any more.
                leftOver.stream()
                        .filter(old ->
                                old.kind() == Intent.Kind.CLEAN_UP && old.name().equals(intent.name()))
                        .forEach(old -> changes.add(Journal.remove(old)));
                Optional<Base> old = intent.from().map(bases::get).filter(Base::recorded);
                if (old.isPresent()) {
                    gone(old.get()).ifPresent(changes::add);
                    changes.add(journal.put(oldName(intent, old.get())));
                }
                changes.add(journal.put(remembering(at.or(() -> old.map(Base::asNew))
                        .orElseGet(() -> Base.first(intent.secretId(), intent.name()))
                        .next(
                                intent.secretId(),
                                intent.name(),
                                intent.localVersion(),
                                intent.local(),
                                intent.intended(),
                                revision,
                                observation))));
            }
        }
        return changes;
    }

    /** What is stored of a secret whose two sides were seen like this, or made like this here. */
    Base next(Base base, UUID secretId, long localVersion, Prints local, Prints remote, Optional<String> revision) {
        return remembering(base.next(secretId, base.name(), localVersion, local, remote, revision, observation));
    }

    private Base remembering(Base base) {
        return untrusted ? base.remembering() : base;
    }

    /**
     * What is stored of a secret that goes on under another name, and whose place on the target is another secret's.
     *
     * @param revision as which the target has that one; empty if it was not read
     */
    Optional<RecordChange> apart(Base base, Optional<String> revision) {
        return untrusted && base.recorded()
                ? Optional.of(journal.put(base.apart(revision, observation)))
                : Journal.remove(base);
    }

    /** What is stored of a secret that is deleted on both sides. */
    Optional<RecordChange> gone(Base base) {
        return untrusted && base.recorded() ? Optional.of(journal.put(base.asGone(observation))) : Journal.remove(base);
    }

    /** The secret has its new name on the target; the old one is to be deleted. */
    private static Intent oldName(Intent intent, Base base) {
        return new Intent(
                UUID.randomUUID(),
                0,
                intent.secretId(),
                Intent.Kind.CLEAN_UP,
                base.name(),
                Optional.empty(),
                intent.localVersion(),
                Prints.NONE,
                base.remote(),
                intent.expected());
    }
}
