package dev.coffer.cli;

import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.SecretValue;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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
                    askRequired(key.name());
                } else {
                    askOptional(key.name(), " (Enter leaves it out)");
                }
            }
        }
        if (schema == null || schema.anyKeys()) {
            askForMore("key (Enter ends)", Set.of());
        }
    }

    /** Asks what is to be changed of a secret. */
    void forUpdate(@Nullable SecretSchema schema, Collection<String> there) {
        there.forEach(key -> askOptional(key, " (Enter keeps it)"));
        if (schema != null) {
            for (SchemaKey key : schema.keys()) {
                if (!there.contains(key.name())) {
                    askOptional(key.name(), " (Enter leaves it out)");
                }
            }
        }
        askForMore("key to add, or -KEY to remove one (Enter ends)", there);
    }

    private void askRequired(String key) {
        for (int attempt = 1; !values.containsKey(key); attempt++) {
            SecretValue value = reader.ask(key);
            if (value.size() > 0) {
                values.put(key, value);
            } else if (attempt == ATTEMPTS) {
                throw new UsageException("the key " + key + " got no value", null);
            } else {
                terminal.talk("it is required\n");
            }
        }
    }

    private void askOptional(String key, String remark) {
        if (!values.containsKey(key)) {
            SecretValue value = reader.ask(key + remark);
            if (value.size() > 0) {
                values.put(key, value);
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
