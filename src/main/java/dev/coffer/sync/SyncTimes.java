package dev.coffer.sync;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as text: RFC 3339, UTC, milliseconds. */
final class SyncTimes {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private SyncTimes() {}

    static String text(Instant time) {
        return MILLIS.format(time);
    }
}
