package dev.coffer.flavor.github;

import java.util.Locale;
import java.util.Optional;

/** Which repositories see a secret of an organization, the fewest first. */
enum Visibility {
    /** Those that were chosen. */
    SELECTED,
    /** The private ones. */
    PRIVATE,
    /** Each. */
    ALL;

    /** As GitHub writes it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Visibility> of(String text) {
        for (Visibility one : values()) {
            if (one.text().equals(text)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
