package dev.coffer.secrets;

import java.util.Optional;

/** What a provider allows, as far as it is known without asking it. */
public interface ProviderLimits {
    /**
     * The error that writing this secret would meet for its name, its keys or its size; empty if none. Makes no call. The
     * values need not be those that will be written, if their sizes are.
     */
    Optional<InvalidException> refusal(Secret secret);

    /** How many writes a second the provider bears, all secrets together; positive, infinite if it names no limit. */
    double writesPerSecond();
}
