package dev.coffer.sync;

import dev.coffer.secrets.BulkReads;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Contents that were read together, under their local names. What was not read with them is read when it is asked for. */
final class Readings implements AutoCloseable {
    private final Set<SecretName> asked;
    private final Map<SecretName, BulkReads.Reading> together;
    private final BiFunction<SecretName, Optional<String>, Optional<RemoteSide.Read>> single;

    /**
     * Makes them.
     *
     * @param asked what was read together
     * @param together what came of it; what is missing is not there
     * @param single reads one of the others, and is told what was seen of it before
     */
    Readings(
            Set<SecretName> asked,
            Map<SecretName, BulkReads.Reading> together,
            BiFunction<SecretName, Optional<String>, Optional<RemoteSide.Read>> single) {
        this.asked = asked;
        this.together = together;
        this.single = single;
    }

    /**
     * The content of one; empty if there is none. Closed by the caller, or with all others. What is not at the revision that
     * was seen is read once more, by itself.
     *
     * @param seen a revision of it that was read or written before
     * @throws dev.coffer.secrets.CofferException what stood in the way
     */
    Optional<RemoteSide.Read> read(SecretName name, Optional<String> seen) {
        BulkReads.Reading reading = together.get(name);
        if (reading == null) {
            return asked.contains(name) && seen.isEmpty() ? Optional.empty() : single.apply(name, seen);
        }
        Secret secret = reading.secret();
        Optional<String> revision = reading instanceof BulkReads.Found found ? found.revision() : Optional.empty();
        return seen.isPresent() && !seen.equals(revision)
                ? single.apply(name, seen)
                : Optional.of(new RemoteSide.Read(RemoteSide.named(secret, name), revision));
    }

    @Override
    public void close() {
        together.values().forEach(BulkReads.Reading::close);
    }
}
