package dev.coffer.sync;

import java.util.Locale;

/** Which way changes travel between the local store and a target. */
public enum Direction {
    /** From here to the target alone. */
    PUSH,
    /** From the target to here alone. */
    PULL,
    /** Both ways. */
    BOTH;

    boolean pushes() {
        return this != PULL;
    }

    boolean pulls() {
        return this != PUSH;
    }

    /** What both this and the other allow; empty if they allow nothing together. */
    boolean allows(Direction other) {
        return this == BOTH || this == other;
    }

    /** As written by people. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
