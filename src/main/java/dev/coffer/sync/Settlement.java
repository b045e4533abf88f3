package dev.coffer.sync;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of a write whose answer never came, by looking at the target.
 *
 * @param fate what became of it
 * @param revision of the secret on the target, if it was done
 */
record Settlement(Fate fate, Optional<String> revision) {
    /** What can have become of it. */
    enum Fate {
        /** The target holds what was sent. */
        DONE,
        /** The target is as it was before. */
        NOT_DONE,
        /** The target holds something else: somebody was there too. */
        OVERTAKEN,
        /** It cannot be told. */
        UNKNOWN
    }

    /**
     * Looks.
     *
     * @throws dev.coffer.secrets.CofferException if it cannot be looked at: then nothing can be told
     */
    static Settlement of(Intent intent, RemoteSide remote, dev.coffer.secrets.SyncStore store) {
        return intent.kind() == Intent.Kind.DELETE || !remote.abilities().reads()
                ? byRevision(intent, remote)
                : byContent(intent, remote, store);
    }

    private static Settlement byContent(Intent intent, RemoteSide remote, dev.coffer.secrets.SyncStore store) {
        try (RemoteSide.Read now = remote.read(intent.name()).orElse(null)) {
            if (now == null) {
                return fate(intent.kind() == Intent.Kind.CREATE ? Fate.NOT_DONE : Fate.OVERTAKEN, null);
            }
            Prints prints = Prints.of(now.secret(), store);
            if (prints.equals(intent.intended())) {
                return fate(Fate.DONE, now.revision().orElse(null));
            }
            boolean before = intent.kind() == Intent.Kind.UPDATE
                    && intent.expected().isPresent()
                    && now.revision().equals(intent.expected());
            return fate(before ? Fate.NOT_DONE : Fate.OVERTAKEN, null);
        }
    }

    /** Of a target that cannot be read, a secret that is there says nothing of who wrote it. */
    private static Settlement byRevision(Intent intent, RemoteSide remote) {
        Optional<RemoteSide.Listed> now = remote.find(intent.name());
        if (intent.kind() == Intent.Kind.DELETE) {
            if (now.isEmpty()) {
                return fate(Fate.DONE, null);
            }
            return fate(now.get().revision().equals(intent.expected()) ? Fate.NOT_DONE : Fate.OVERTAKEN, null);
        }
        if (now.isEmpty()) {
            return fate(intent.kind() == Intent.Kind.CREATE ? Fate.NOT_DONE : Fate.OVERTAKEN, null);
        }
        boolean before = intent.kind() == Intent.Kind.UPDATE
                && intent.expected().isPresent()
                && now.get().revision().equals(intent.expected());
        return fate(before ? Fate.NOT_DONE : Fate.UNKNOWN, null);
    }

    private static Settlement fate(Fate fate, @Nullable String revision) {
        return new Settlement(fate, Optional.ofNullable(revision));
    }
}
