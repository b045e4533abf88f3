package dev.coffer.sync;

import java.util.Locale;

/**
 * What became of one key since both sides last agreed.
 *
 * @param key the key; {@link #SCHEMA} for the schema's TYPE
 * @param side who changed it
 * @param kind how; for {@link Side#BOTH}, how the local store changed it
 */
public record KeyChange(String key, Side side, Kind kind) {
    /** Stands for the schema type among the keys: no key has a blank in it. */
    public static final String SCHEMA = "schema type";

    /** Who changed a key. */
    public enum Side {
        /** Only the local store. */
        LOCAL,
        /** Only the target. */
        REMOTE,
        /** Both, differently. */
        BOTH;

        /** As written by people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a key was changed. */
    public enum Kind {
        /** It is new. */
        ADDED,
        /** It has another value. */
        CHANGED,
        /** It is gone. */
        REMOVED;

        /** As written by people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
