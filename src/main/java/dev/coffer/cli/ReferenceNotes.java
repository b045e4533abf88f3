package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.CofferException;
import dev.coffer.stack.Missing;
import dev.coffer.stack.Stack;
import dev.coffer.stack.ValidationLevel;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How closely references are looked at, and the note that commands on stacks leave when something is missing. */
final class ReferenceNotes {
    /** The description of the option that names a level. */
    static final String OPTION = "how closely to look; else COFFER_SECRET_VALIDATION_LEVEL, else SECRET_AND_KEY_EXISTS";

    private static final String LEVEL = "COFFER_SECRET_VALIDATION_LEVEL";

    private ReferenceNotes() {}

    /**
     * The level that the option names, else the environment, else the closest.
     *
     * @throws UsageException if it is none
     */
    static ValidationLevel level(Session session, @Nullable String option) {
        String wanted = option == null ? session.environment().getOrDefault(LEVEL, "") : option;
        if (wanted.isEmpty() && option == null) {
            return ValidationLevel.SECRET_AND_KEY_EXISTS;
        }
        return Arrays.stream(ValidationLevel.values())
                .filter(level -> level.name().equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        (option == null ? LEVEL : "--validation") + " names no level",
                        "the levels are "
                                + Arrays.stream(ValidationLevel.values())
                                        .map(Enum::name)
                                        .collect(Collectors.joining(", "))));
    }

    /** Says that a stack lacks secrets, or that nobody can tell. What the command did is done all the same. */
    static void warn(Session session, Stack stack, ValidationLevel level) {
        try {
            int missing = session.coffer().missing(stack, level).size();
            if (missing > 0) {
                session.messages()
                        .warn("the stack " + stack.name() + " names " + Messages.count(missing, "value") + " that "
                                + (missing == 1 ? "is" : "are") + " missing; 'coffer stack check " + stack.name()
                                + "' shows them");
            }
        } catch (CofferException e) {
            session.messages().warn("whether the stack lacks secrets cannot be told: " + e.getMessage());
        }
    }

    /** As {@link #warn(Session, Stack, ValidationLevel)}, of one component, whether a stack has it or not. */
    static void warn(Session session, ComponentDefinition component, ValidationLevel level) {
        try {
            for (Missing missing : session.coffer().missing(component, level)) {
                session.messages().warn(missing.sentence() + "; " + missing.hint());
            }
        } catch (CofferException e) {
            session.messages()
                    .warn("whether the " + ComponentText.spoken(component) + " lacks secrets cannot be told: "
                            + e.getMessage());
        }
    }
}
