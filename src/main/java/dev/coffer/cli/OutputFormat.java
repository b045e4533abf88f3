package dev.coffer.cli;

import java.util.Locale;

/** How data is printed. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs; stable. */
    JSON;

    /** As it is given on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
