package dev.coffer.cli;

import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.SecretValue;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks for keys and values: everything that can be done on the command line can be done here. */
final class Interview {
    private static final int ATTEMPTS = 3;

    private final Terminal terminal;
    private final ValueReader reader;
    private final Map<String, SecretValue> values;
    private final Set<String> removed = new LinkedHashSet<>();

    /**
     * An interview.
     *
     * @param values what is known already, and is not asked for; answers are added
     */
    Interview(Terminal terminal, ValueReader reader, Map<String, SecretValue> values) {
        this.terminal = terminal;
        this.reader = reader;
        this.values = values;
    }

    /** The keys that are to be removed. */
    Set<String> removed() {
        return removed;
    }

    /** Asks for everything that a new secret may have. */
    void forNew(@Nullable SecretSchema schema) {
        if (schema != null) {
            for (SchemaKey key : schema.keys()) {
                if (key.required()) {
                    askRequired(key);
                } else {
                    askOptional(key, " (Enter leaves it out)");
                }
            }
        }
        if (schema == null || schema.anyKeys()) {
            askForMore("key (Enter ends)", Set.of());
        }
    }

    /** Asks what is to be changed of a secret. */
    void forUpdate(@Nullable SecretSchema schema, Collection<String> there) {
        there.forEach(key -> askOptional(keyOf(schema, key), " (Enter keeps it)"));
        if (schema != null) {
            for (SchemaKey key : schema.keys()) {
                if (!there.contains(key.name())) {
                    askOptional(key, " (Enter leaves it out)");
                }
            }
        }
        askForMore("key to add, or -KEY to remove one (Enter ends)", there);
    }

    /** The key as the schema has it, or one that nothing is known of. */
    private static SchemaKey keyOf(@Nullable SecretSchema schema, String name) {
        return (schema == null ? Stream.<SchemaKey>empty() : schema.keys().stream())
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseGet(() -> new SchemaKey(name, false, Optional.empty(), false));
    }

    /** Asks for one value: hidden, unless the schema says that it may be seen. */
    static SecretValue ask(Terminal terminal, ValueReader reader, SchemaKey key, String remark) {
        String label = key.name() + (key.description().isEmpty() ? "" : ", " + key.description()) + remark;
        return key.visible() ? SecretValue.of(terminal.askVisibly(label)) : reader.ask(label);
    }

    private void askRequired(SchemaKey asked) {
        String key = asked.name();
        for (int attempt = 1; !values.containsKey(key); attempt++) {
            SecretValue value = ask(terminal, reader, asked, "");
            if (value.size() > 0) {
                values.put(key, value);
            } else if (attempt == ATTEMPTS) {
                throw new UsageException("the key " + key + " got no value", null);
            } else {
                terminal.talk("it is required\n");
            }
        }
    }

    private void askOptional(SchemaKey key, String remark) {
        if (!values.containsKey(key.name())) {
            SecretValue value = ask(terminal, reader, key, remark);
            if (value.size() > 0) {
                values.put(key.name(), value);
            }
        }
    }

    private void askForMore(String question, Collection<String> there) {
        while (true) {
            String answer = terminal.askVisibly(question);
            if (answer.isEmpty()) {
                return;
            }
            boolean removes = answer.startsWith("-");
            try {
                String key = KeyGrammar.check(removes ? answer.substring(1) : answer);
                if (removes) {
                    remove(key, there);
                } else if (values.containsKey(key)) {
                    terminal.talk("it has a value already\n");
                } else {
                    values.put(key, reader.ask(key));
                }
            } catch (InvalidException e) {
                terminal.talk("that is not a key: a key has 1 to 255 letters, digits, '.', '_' and '-'\n");
            }
        }
    }

    private void remove(String key, Collection<String> there) {
        if (there.contains(key) && !values.containsKey(key)) {
            removed.add(key);
        } else {
            terminal.talk("there is no such key to remove\n");
        }
    }
}
