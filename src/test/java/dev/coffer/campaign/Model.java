package dev.coffer.campaign;

import dev.coffer.Coffer;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.Versioned;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a store should hold: a state per name, with the version that it is at. */
record Model(SortedMap<String, State> states) {
    /**
     * One secret, deleted or not.
     *
     * @param content empty if it is deleted
     */
    record State(long version, boolean deleted, Map<String, String> content) {}

    /** What a store holds. */
    static Model of(Coffer coffer) {
        SortedMap<String, State> states = new TreeMap<>();
        for (SecretName name : coffer.secrets().getAllSecretKeys()) {
            try (Secret secret = coffer.secrets().getSecret(name)) {
                Map<String, String> content = new HashMap<>();
                secret.content().forEach((key, value) -> content.put(key, value.revealText()));
                states.put(name.value(), new State(secret.version().orElseThrow(), false, content));
            }
        }
        Versioned versioned = (Versioned) coffer.secrets();
        for (SecretName name : versioned.tombstones()) {
            long version = versioned.history(name).get(0).version();
            states.put(name.value(), new State(version, true, Map.of()));
        }
        return new Model(states);
    }

    Model copy() {
        return new Model(new TreeMap<>(states));
    }

    /** Registers or replaces. */
    void put(String name, Map<String, String> content) {
        states.put(name, new State(next(name), false, Map.copyOf(content)));
    }

    /** Sets one key. */
    void merge(String name, String key, String value) {
        Map<String, String> content = new HashMap<>(state(name).content());
        content.put(key, value);
        put(name, content);
    }

    void delete(String name) {
        states.put(name, new State(next(name), true, Map.of()));
    }

    void purge(String name) {
        states.remove(name);
    }

    void rename(String from, String to) {
        State state = state(from);
        states.remove(from);
        states.put(to, state);
    }

    private long next(String name) {
        State state = states.get(name);
        return state == null ? 1 : state.version() + 1;
    }

    private State state(String name) {
        State state = states.get(name);
        if (state == null) {
            throw new IllegalStateException("the model has no " + name);
        }
        return state;
    }

    /** What differs in another model, for people. */
    String differenceFrom(Model other) {
        StringBuilder text = new StringBuilder();
        SortedMap<String, State> all = new TreeMap<>(states);
        all.putAll(other.states);
        for (String name : all.keySet()) {
            State mine = states.get(name);
            State theirs = other.states.get(name);
            if (mine == null || !mine.equals(theirs)) {
                text.append("\n  ").append(name).append(": ").append(brief(mine));
                text.append(" instead of ").append(brief(theirs));
            }
        }
        return text.toString();
    }

    private static String brief(@org.jspecify.annotations.Nullable State state) {
        String text = String.valueOf(state);
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    /** A secret of text. */
    static Secret secret(String name, Map<String, String> content) {
        Map<String, SecretValue> values = new HashMap<>();
        content.forEach((key, value) -> values.put(key, SecretValue.of(value)));
        return Secret.of(SecretName.of(name), values);
    }
}
