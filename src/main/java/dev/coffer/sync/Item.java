package dev.coffer.sync;

import dev.coffer.secrets.SecretName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One secret in a plan: how it stands, what will be done, and what that builds upon.
 *
 * @param secretId the local secret's identity; all zero for one that never was here
 * @param name its local name
 * @param from the name under which it is on the target, if that is another one: it was renamed here
 * @param state how it stands
 * @param localStep what will be done here
 * @param remoteStep what will be done on the target
 * @param changes which keys were changed since both last agreed
 * @param localVersion the local version that the plan saw, a tombstone's too; 0 if there is none
 * @param revision the target's revision that the plan saw; empty if nothing was there or it tells none
 * @param base what is stored of the secret and the target
 * @param local what the local store holds
 * @param remote what the target holds; empty if it was not read
 * @param held why what would have to be done is not: for whoever has to act; null if nothing is held
 * @param alarm whether the target was tampered with
 */
public record Item(
        UUID secretId,
        SecretName name,
        Optional<SecretName> from,
        SyncState state,
        LocalStep localStep,
        RemoteStep remoteStep,
        List<KeyChange> changes,
        long localVersion,
        Optional<String> revision,
        Base base,
        Prints local,
        Optional<Prints> remote,
        @Nullable String held,
        boolean alarm) {
    /** Copies the changes. */
    public Item {
        changes = List.copyOf(changes);
    }

    /** What is done to the local store. */
    public enum LocalStep {
        /** Nothing. */
        NONE,
        /** It is noted that both agree; no secret is written. */
        NOTE,
        /** What the target changed is taken over. */
        WRITE,
        /** The secret is deleted. */
        DELETE;

        /** As written by people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done to the target. */
    public enum RemoteStep {
        /** Nothing. */
        NONE,
        /** The secret is registered. */
        CREATE,
        /** What was changed here is written. */
        UPDATE,
        /** The secret is registered under its new name, and deleted under the old one. */
        RENAME,
        /** The secret is deleted. */
        DELETE,
        /** An old name that was left over is deleted. */
        CLEAN_UP;

        /** As written by people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Tells it from the others of a plan: a name can be in it twice, after a rename that left an old name over. */
    String key() {
        return remoteStep == RemoteStep.CLEAN_UP ? name + " " + remoteStep.text() : name.value();
    }

    /** Whether the target deleted what is here, and nobody said yet whose turn it is. */
    boolean isGoneThere() {
        return held != null && base.recorded() && !remoteIsThere() && !local.equals(Prints.NONE);
    }

    /** Whether the target has it. */
    boolean remoteIsThere() {
        return remote.isEmpty() || !remote.get().equals(Prints.NONE);
    }

    /** Whether carrying out the plan would do anything to it. */
    public boolean hasSteps() {
        return localStep != LocalStep.NONE || remoteStep != RemoteStep.NONE;
    }

    /** Whether that would change a secret, here or there, and not only what is noted of it. */
    public boolean changesSecrets() {
        return remoteStep != RemoteStep.NONE || localStep == LocalStep.WRITE || localStep == LocalStep.DELETE;
    }

    /** Name, state and steps; neither keys nor fingerprints. */
    @Override
    public String toString() {
        return "Item(" + name + ", " + state.text() + ", here " + localStep.text() + ", there " + remoteStep.text()
                + (held == null ? "" : ", held: " + held) + ")";
    }
}
