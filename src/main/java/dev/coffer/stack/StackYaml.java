package dev.coffer.stack;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.emitter.Emitter;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;

/** Writes a stack as YAML, each text so that any reader takes it for a text. */
final class StackYaml {
    static final String FORMAT = "coffer-stack";
    static final String NAME = "name";
    static final String COMPONENTS = "components";
    static final String TYPE = "type";
    static final String FLAVOR = "flavor";
    static final String FLAVOR_CLASS = "flavor-class";
    static final String ATTRIBUTES = "attributes";
    static final String LEFT_OUT = "left-out";
    static final String SECRETS = "secrets";
    static final String MANAGER = "secrets-manager";
    static final String SCHEMA = "schema";
    static final String KEYS = "keys";

    private static final String HEADING =
            "# A stack of coffer. It holds no secret; 'coffer stack import FILE' makes it anew.\n";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_./-]*");
    // What one or another version of YAML takes for something else than a text.
    private static final Set<String> WORDS = Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n");
    private static final int LONGEST_LINE = 1 << 16;

    private final StringBuilder out = new StringBuilder(HEADING);
    private final Emitter emitter = new Emitter(
            DumpSettings.builder()
                    .setSplitLines(false)
                    .setWidth(LONGEST_LINE)
                    .setMaxSimpleKeyLength(1024) // the most that YAML allows
                    .build(),
            new StreamDataWriter() {
                @Override
                public void write(String text) {
                    out.append(text);
                }

                @Override
                public void write(String text, int offset, int length) {
                    out.append(text, offset, offset + length);
                }
            });

    private StackYaml() {}

    static String write(StackFile file) {
        StackYaml yaml = new StackYaml();
        yaml.document(file);
        return yaml.out.toString();
    }

    private void document(StackFile file) {
        emitter.emit(new StreamStartEvent());
        emitter.emit(new DocumentStartEvent(false, Optional.empty(), Map.of()));
        openMap();
        plain(FORMAT);
        plain(String.valueOf(StackFile.FORMAT));
        field(NAME, file.name());
        plain(COMPONENTS);
        openList(FlowStyle.BLOCK);
        file.components().forEach(this::component);
        emitter.emit(new SequenceEndEvent());
        if (!file.secrets().isEmpty()) {
            plain(SECRETS);
            openList(FlowStyle.BLOCK);
            file.secrets().forEach(this::need);
            emitter.emit(new SequenceEndEvent());
        }
        emitter.emit(new MappingEndEvent());
        emitter.emit(new DocumentEndEvent(false));
        emitter.emit(new StreamEndEvent());
    }

    private void component(StackFile.Component component) {
        openMap();
        field(TYPE, component.type().name());
        field(NAME, component.name());
        field(FLAVOR, component.flavor());
        component.flavorClass().ifPresent(name -> field(FLAVOR_CLASS, name));
        if (!component.attributes().isEmpty()) {
            plain(ATTRIBUTES);
            openMap();
            component.attributes().forEach((name, text) -> {
                word(name);
                scalar(text, ScalarStyle.DOUBLE_QUOTED);
            });
            emitter.emit(new MappingEndEvent());
        }
        words(LEFT_OUT, component.leftOut());
        emitter.emit(new MappingEndEvent());
    }

    private void need(StackFile.Need need) {
        openMap();
        field(NAME, need.secret().value());
        field(MANAGER, need.manager());
        need.schema().ifPresent(schema -> field(SCHEMA, schema));
        words(KEYS, need.keys());
        emitter.emit(new MappingEndEvent());
    }

    private void words(String field, SortedSet<String> words) {
        if (!words.isEmpty()) {
            plain(field);
            openList(FlowStyle.FLOW);
            words.forEach(this::word);
            emitter.emit(new SequenceEndEvent());
        }
    }

    private void field(String name, String text) {
        plain(name);
        word(text);
    }

    private void word(String text) {
        boolean isPlain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
        scalar(text, isPlain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }

    private void plain(String text) {
        scalar(text, ScalarStyle.PLAIN);
    }

    private void scalar(String text, ScalarStyle style) {
        emitter.emit(new ScalarEvent(Optional.empty(), Optional.empty(), new ImplicitTuple(true, true), text, style));
    }

    private void openMap() {
        emitter.emit(new MappingStartEvent(Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
    }

    private void openList(FlowStyle style) {
        emitter.emit(new SequenceStartEvent(Optional.empty(), Optional.empty(), true, style));
    }
}
