package dev.coffer.schema;

import dev.coffer.secrets.SecretValue;

/** What a value must be to be stored. A value is only looked at: it is stored as it came. */
interface ValueRule {
    /** Whether the value is so. Never throws for what it holds. */
    boolean accepts(SecretValue value);

    /** What a value must be, for a sentence; quotes no value. */
    String phrase();
}
