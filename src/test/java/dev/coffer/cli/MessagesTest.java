package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.SecretName;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final Globals TEXT = new Globals(null, null, null, false, false, false);
    private static final Globals JSON = new Globals(null, null, null, true, false, false);
    private static final Globals VERBOSE = new Globals(null, null, null, false, false, true);

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Messages messages(Globals globals) {
        return new Messages(
                new Terminal(InputStream.nullInputStream(), OutputStream.nullOutputStream(), err, Set.of(), () -> {
                    throw new AssertionError("nothing is to be asked");
                }),
                globals);
    }

    private String printed() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void error_isASentenceAndAHint() {
        messages(TEXT).error(ErrorReport.of(new InvalidException("the thing is wrong", "thing", "mend it")));

        assertEquals("coffer: the thing is wrong\nhint: mend it\n", printed());
    }

    @Test
    void errorThatNamesControlCharacters_staysOnItsLine() {
        messages(TEXT).error(ErrorReport.of(new InvalidException("no file a\nb\u001b", null, null)));

        assertEquals("coffer: no file a\\u000ab\\u001b\n", printed());
    }

    @Test
    void errorUnderJson_isOneObject() {
        messages(JSON).error(ErrorReport.of(new NoSuchSecretException(SecretName.of("a"), "k")));

        assertEquals("{\"error\":\"secret a has no key k\",\"code\":3,\"name\":\"a\",\"hint\":null}\n", printed());
    }

    @Test
    void notesUnderJson_joinTheHintOfTheError() {
        Messages messages = messages(JSON);
        messages.warn("made a store");
        messages.error(ErrorReport.of(new UsageException("wrong", "do it right")));

        assertEquals(
                "{\"error\":\"wrong\",\"code\":2,\"name\":null,\"hint\":\"do it right; made a store\"}\n", printed());
    }

    @Test
    void notesUnderJson_areToldAfterSuccess() {
        Messages messages = messages(JSON);
        messages.warn("made a store");
        messages.done("did it");
        assertEquals("", printed());

        messages.flush();
        assertEquals("note: made a store\n", printed());
    }

    @Test
    void unforeseenError_hidesItsMessage() {
        ErrorReport report = ErrorReport.of(
                new IllegalStateException("canary", new NumberFormatException("For input string: \"canary\"")));
        messages(VERBOSE).error(report);

        assertEquals(1, report.code().number());
        assertTrue(printed().contains("IllegalStateException"), printed());
        assertTrue(printed().contains("at " + MessagesTest.class.getName()), printed());
        assertFalse(printed().contains("canary"), printed());
    }

    @Test
    void stackTrace_isOnlyShownWhenAskedFor() {
        messages(TEXT).error(ErrorReport.of(new IllegalStateException("x")));

        assertFalse(printed().contains("at dev.coffer"), printed());
    }
}
