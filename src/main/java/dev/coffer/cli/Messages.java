package dev.coffer.cli;

import dev.coffer.secrets.Notices;
import dev.coffer.secrets.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command tells on stderr besides its questions. With JSON, an error is exactly one object there: notes wait until
 * the command has succeeded, and join the hint of the error if it fails.
 */
final class Messages implements Notices {
    private final Terminal terminal;
    private final Globals globals;
    private final boolean json;
    private final boolean verbose;
    private final List<String> waiting = new ArrayList<>();

    Messages(Terminal terminal, Globals globals) {
        this.terminal = terminal;
        this.globals = globals;
        this.json = globals.json();
        this.verbose = globals.verbose();
    }

    /** What was done. With JSON, the data says so. */
    void done(String sentence) {
        if (!json) {
            line(sentence);
        }
    }

    /** Something to know although the command goes on. */
    @Override
    public void warn(String sentence) {
        String aimed = globals.aimed(sentence);
        if (json) {
            waiting.add(aimed);
        } else {
            line("note: " + aimed);
        }
    }

    /** How many there are, in words. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** Prints what waited. */
    void flush() {
        waiting.forEach(sentence -> line("note: " + sentence));
        waiting.clear();
    }

    /** Why the command failed. */
    void error(ErrorReport report) {
        if (json) {
            terminal.talk(object(report));
        } else {
            line("coffer: " + report.sentence());
            report.hint().ifPresent(hint -> line("hint: " + globals.aimed(hint)));
        }
        waiting.clear();
        if (verbose) {
            terminal.talk(report.trace());
        }
    }

    private String object(ErrorReport report) {
        String hint = Stream.concat(report.hint().map(globals::aimed).stream(), waiting.stream())
                .collect(Collectors.joining("; "));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Json.write(out, json -> {
                json.writeStartObject();
                json.writeStringField("error", report.sentence());
                json.writeNumberField("code", report.code().number());
                Json.text(json, "name", report.name().orElse(null));
                Json.text(json, "hint", hint.isEmpty() ? null : hint);
                json.writeEndObject();
            });
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private void line(String sentence) {
        terminal.talk(Printable.text(sentence) + "\n");
    }
}
