package dev.coffer.stack;

import dev.coffer.secrets.InvalidException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML 1.2 of somebody else's: maps, lists and texts, each with its place. Every scalar is its text. Refused are
 * anchors, aliases, tags but {@code !!str}, nulls, a key twice in one map, a second document, and what is nested deeper
 * than any file of a stack.
 */
final class YamlTree {
    private static final String STRING_TAG = "tag:yaml.org,2002:str";
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final int DEEPEST = 8;
    private static final char NEXT_LINE = '\u0085';

    private final String source;
    private final Parser parser;
    private Place reached = new Place(1, 1);

    /**
     * Where something stands.
     *
     * @param line from 1
     * @param column from 1
     */
    record Place(int line, int column) {
        @Override
        public String toString() {
            return "line " + line + ", column " + column;
        }
    }

    /** A piece of the file. */
    sealed interface Node {
        /** Where it begins. */
        Place place();
    }

    /** A text. */
    record Text(Place place, String text) implements Node {}

    /** Several pieces. */
    record Items(Place place, List<Node> items) implements Node {}

    /**
     * Pieces with names.
     *
     * @param keys where each name stands
     */
    record Fields(Place place, Map<String, Node> fields, Map<String, Place> keys) implements Node {}

    private YamlTree(String source, Parser parser) {
        this.source = source;
        this.parser = parser;
    }

    /** The only document of a text. */
    static Node read(CharSequence text, String source) {
        if (text.length() > StackFile.MAX_CHARACTERS) {
            throw refused(
                    source,
                    new Place(1, 1),
                    "the file has more than " + StackFile.MAX_CHARACTERS + " characters (1 MiB)",
                    "no file of a stack is that large");
        }
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(StackFile.MAX_CHARACTERS + 1)
                // The reader trips over a pair of surrogates at the border of two fillings: there is only one.
                .setBufferSize(text.length() + 1)
                .setUseMarks(true)
                .build();
        String whole = text.toString();
        refuseNextLine(whole, source);
        try {
            return new YamlTree(source, new ParserImpl(settings, new StreamReader(settings, whole))).document();
        } catch (YamlEngineException e) { // of a character that the reader meets before the parser has started
            throw refused(source, new Place(1, 1), "this is not valid YAML", null);
        }
    }

    /** The parser folds this character into a space, as YAML 1.1 has it; in YAML 1.2 it is text. */
    private static void refuseNextLine(String text, String source) {
        int at = text.indexOf(NEXT_LINE);
        if (at >= 0) {
            int line = 1
                    + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
            int column = at - text.lastIndexOf('\n', at);
            throw refused(
                    source,
                    new Place(line, column),
                    "the character U+0085 stands there",
                    "write it as \\N between double quotes");
        }
    }

    /** The error of a place. */
    static InvalidException refused(String source, Place place, String trouble, @Nullable String hint) {
        return new InvalidException(source + ", " + place + ": " + trouble, null, hint);
    }

    private InvalidException refused(String trouble, @Nullable String hint) {
        return refused(source, reached, trouble, hint);
    }

    private Node document() {
        next(); // the stream starts
        if (next().getEventId() == Event.ID.StreamEnd) {
            throw refused("the file is empty", "'coffer stack export' writes one");
        }
        Node root = node(next(), 1);
        next(); // the document ends
        if (next().getEventId() != Event.ID.StreamEnd) {
            throw refused("a second YAML document starts", "keep one stack in one file");
        }
        return root;
    }

    private Node node(Event event, int depth) {
        refuseDecoration(event);
        Place place = reached;
        if (event instanceof ScalarEvent scalar) {
            if (scalar.isPlain() && scalar.getTag().isEmpty() && NULLS.contains(scalar.getValue())) {
                throw refused("there is nothing, or null", "write \"\" for an empty text, or leave the field away");
            }
            return new Text(place, scalar.getValue());
        }
        if (depth > DEEPEST) {
            throw refused("this is nested deeper than " + DEEPEST + " levels", null);
        }
        return event instanceof MappingStartEvent ? map(place, depth) : list(place, depth);
    }

    private Node list(Place place, int depth) {
        List<Node> items = new ArrayList<>();
        for (Event item = next(); item.getEventId() != Event.ID.SequenceEnd; item = next()) {
            items.add(node(item, depth + 1));
        }
        return new Items(place, items);
    }

    private Node map(Place place, int depth) {
        Map<String, Node> fields = new LinkedHashMap<>();
        Map<String, Place> keys = new LinkedHashMap<>();
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            if (!(node(key, depth + 1) instanceof Text name)) {
                throw refused("a map or a list stands where a name belongs", "write NAME: TEXT there");
            }
            Place first = keys.putIfAbsent(name.text(), name.place());
            if (first != null) {
                // Not quoted: this may be another file by mistake, full of secrets.
                throw refused(
                        source, name.place(), "the same name was given in " + first + " already", "give each once");
            }
            fields.put(name.text(), node(next(), depth + 1));
        }
        return new Fields(place, fields, keys);
    }

    private void refuseDecoration(Event event) {
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw refused("there is an anchor or an alias", "write it out, and quote a text that starts with & or *");
        }
        Optional<String> tag = Optional.empty();
        if (event instanceof ScalarEvent scalar) {
            tag = scalar.getTag();
        } else if (event instanceof CollectionStartEvent collection) {
            tag = collection.getTag();
        }
        if (tag.isPresent() && !(event instanceof ScalarEvent && tag.get().equals(STRING_TAG))) {
            throw refused("there is a tag other than !!str", "quote a text that starts with !");
        }
    }

    private Event next() {
        Event event;
        try {
            event = parser.next();
        } catch (MarkedYamlEngineException e) {
            reached = place(e.getProblemMark().orElse(null));
            throw notYaml();
        } catch (RuntimeException e) { // the library's own, and the JDK's out of it
            throw notYaml();
        }
        reached = place(event.getStartMark().orElse(null));
        return event;
    }

    private InvalidException notYaml() {
        return refused("this is not valid YAML", "quote a text that holds characters special to YAML");
    }

    private Place place(@Nullable Mark mark) {
        return mark == null ? reached : new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
