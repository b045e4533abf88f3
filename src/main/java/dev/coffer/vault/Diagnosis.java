package dev.coffer.vault;

import dev.coffer.secrets.ExitCode;
import java.util.List;
import java.util.Optional;

/**
 * What an examination found.
 *
 * @param slots the kinds of the key slots, oldest first; empty if the store could not be read
 * @param unlocked whether a key was at hand, so that the keys were examined too
 * @param symptoms everything that is worth knowing, in the order in which it was found
 */
public record Diagnosis(List<String> slots, boolean unlocked, List<Symptom> symptoms) {
    /** Copies the lists. */
    public Diagnosis {
        slots = List.copyOf(slots);
        symptoms = List.copyOf(symptoms);
    }

    /**
     * One thing.
     *
     * @param code the exit code that commands end with because of it; {@link ExitCode#DONE} for mere advice
     * @param sentence for people
     * @param remedy the command or the step that mends it
     */
    public record Symptom(ExitCode code, String sentence, Optional<String> remedy) {}
}
