package dev.coffer.cli;

import dev.coffer.cli.CollectedValues.Place;
import dev.coffer.secrets.InvalidException;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one flat YAML map (YAML 1.2). A scalar's value is its text after YAML's own rules for quotes, folding and
 * blocks; no schema is applied to it, so {@code yes}, {@code 012} and {@code 1e5} stay what they are. The plain scalars
 * that the core schema (YAML 1.2.2, section 10.3.2) reads as null are refused, and so are anchors, aliases, merge keys,
 * further documents, every tag but {@code !!str}, and the character U+0085 unless it is escaped.
 *
 * <p>The file is read as a stream of events that ends at the first thing refused: nothing can be nested or multiplied.
 */
final class YamlValues {
    private static final String STRING_TAG = "tag:yaml.org,2002:str";
    /** In characters. The parser copies what it looks at again with each buffer, so a small one makes it quadratic. */
    private static final int BUFFER_SIZE = 1 << 20;

    private static final char NEXT_LINE = '\u0085';

    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private final Parser parser;
    private final CollectedValues into;
    private Place reached = Place.line(1);

    private YamlValues(Parser parser, CollectedValues into) {
        this.parser = parser;
        this.into = into;
    }

    /** Reads the remaining text, which an array must back. */
    static void read(CharBuffer text, CollectedValues into) {
        refuseNextLine(text, into);
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(ValuesFile.MAX_BYTES)
                .setBufferSize(Math.min(BUFFER_SIZE, text.remaining() + 1)) // 0 is not allowed
                .setUseMarks(true)
                .build();
        PairReader reader = new PairReader(text);
        new YamlValues(new ParserImpl(settings, new StreamReader(settings, reader)), into).document();
    }

    /** The parser folds this character inside quotes into a space, as YAML 1.1 has it; in YAML 1.2 it is text. */
    private static void refuseNextLine(CharBuffer text, CollectedValues into) {
        int line = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == NEXT_LINE) {
                throw into.refused(
                        Place.line(line), "the character U+0085 stands there", "write it as \\N between double quotes");
            }
            line += c == '\n' ? 1 : 0;
        }
    }

    private void document() {
        expect(next(), Event.ID.StreamStart);
        if (next().getEventId() == Event.ID.StreamEnd) {
            throw into.nothing();
        }
        Event root = next();
        refuseDecoration(root);
        if (root instanceof ScalarEvent scalar && isNull(scalar)) {
            throw into.nothing();
        }
        if (!(root instanceof MappingStartEvent)) {
            throw into.refused(reached, "this is not a YAML map", "write KEY: VALUE there");
        }
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            entry(key);
        }
        expect(next(), Event.ID.DocumentEnd);
        if (next().getEventId() != Event.ID.StreamEnd) {
            throw into.refused(reached, "a second YAML document starts", "keep one secret in one file");
        }
    }

    private void entry(Event event) {
        String key = into.key(scalar(event, "a key").getValue(), reached);
        Event value = next();
        into.put(key, scalar(value, "a value").getValue(), reached);
    }

    private ScalarEvent scalar(Event event, String role) {
        refuseDecoration(event);
        if (!(event instanceof ScalarEvent scalar)) {
            throw into.nested(role, reached);
        }
        if (isNull(scalar)) {
            throw into.refused(
                    reached,
                    role + " is null",
                    "write \"\" for an empty value, and quote a word that is meant as text");
        }
        return scalar;
    }

    private void refuseDecoration(Event event) {
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw into.refused(
                    reached,
                    "there is an anchor or an alias",
                    "write the value out, and quote one that starts with & or *");
        }
        Optional<String> tag = Optional.empty();
        if (event instanceof ScalarEvent scalar) {
            tag = scalar.getTag();
        } else if (event instanceof MappingStartEvent map) {
            tag = map.getTag();
        } else if (event instanceof SequenceStartEvent list) {
            tag = list.getTag();
        }
        if (tag.isPresent() && !(event instanceof ScalarEvent && tag.get().equals(STRING_TAG))) {
            throw into.refused(reached, "there is a tag other than !!str", "quote a value that starts with !");
        }
    }

    private static boolean isNull(ScalarEvent scalar) {
        return scalar.isPlain() && scalar.getTag().isEmpty() && NULLS.contains(scalar.getValue());
    }

    private void expect(Event event, Event.ID id) {
        if (event.getEventId() != id) {
            throw notYaml();
        }
    }

    private Event next() {
        Event event;
        try {
            event = parser.next();
        } catch (MarkedYamlEngineException e) {
            reached = place(e.getProblemMark().orElse(null));
            throw notYaml();
        } catch (RuntimeException e) { // the library's own, and the JDK's out of it, may quote the file
            throw notYaml();
        }
        reached = place(event.getStartMark().orElse(null));
        return event;
    }

    private InvalidException notYaml() {
        return into.refused(reached, "this is not valid YAML", "quote a value that holds characters special to YAML");
    }

    private Place place(@Nullable Mark mark) {
        return mark == null ? reached : new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** Never ends a piece between the halves of a surrogate pair: the parser would take it for invalid. */
    static final class PairReader extends CharArrayReader {
        PairReader(CharBuffer text) {
            super(text.array(), text.arrayOffset() + text.position(), text.remaining());
        }

        @Override
        public int read(char[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            if (read > 1 && Character.isHighSurrogate(target[offset + read - 1])) {
                pos--;
                read--;
            }
            return read;
        }
    }
}
