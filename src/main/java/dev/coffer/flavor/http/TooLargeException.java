package dev.coffer.flavor.http;

import java.io.IOException;

/** An answer without end. */
public final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
}
