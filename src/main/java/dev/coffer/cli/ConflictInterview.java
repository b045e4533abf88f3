package dev.coffer.cli;

import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import dev.coffer.sync.Conflict;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.KeyChange;
import dev.coffer.sync.SyncTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Asks who wins a conflict, key by key. Says how long values are; shows them to somebody who asks for that. */
final class ConflictInterview {
    private static final String OURS = "o";
    private static final String THEIRS = "t";
    private static final String BOTH = "b";
    private static final String SHOW = "s";
    private static final String LEAVE = "l";

    private final Terminal terminal;
    private final SyncTarget target;

    ConflictInterview(Terminal terminal, SyncTarget target) {
        this.terminal = terminal;
        this.target = target;
    }

    /**
     * What was answered.
     *
     * @param choice for the whole
     * @param keys for single keys
     */
    record Answer(Choice choice, Map<String, Choice> keys) {
        static Answer all(Choice choice, List<KeyChange> keys) {
            Map<String, Choice> same = new LinkedHashMap<>();
            keys.forEach(change -> same.put(change.key(), choice));
            return new Answer(choice, same);
        }

        /** In a word. */
        String word() {
            return keys.values().stream().distinct().count() > 1 ? "by-key" : choice.text();
        }
    }

    /** Empty if it is left as it is. */
    Optional<Answer> ask(Conflict conflict) {
        List<KeyChange> keys = conflict.keys();
        terminal.talk(Printable.text(conflict.item().name() + " with " + target.name() + ": "
                        + conflict.item().held())
                + "\n");
        if (keys.isEmpty() || conflict.ours().isEmpty() || conflict.theirs().isEmpty()) {
            return askForAll(conflict); // a deletion is of the whole secret
        }
        Map<String, Choice> answers = new LinkedHashMap<>();
        for (KeyChange change : keys) {
            String question = change.key() + ": ours " + describe(conflict.ours(), change.key()) + ", theirs "
                    + describe(conflict.theirs(), change.key());
            switch (answer(question, List.of(OURS, THEIRS, BOTH, SHOW, LEAVE), () -> show(conflict, change.key()))) {
                case OURS -> answers.put(change.key(), Choice.OURS);
                case THEIRS -> answers.put(change.key(), Choice.THEIRS);
                case BOTH -> {
                    return Optional.of(Answer.all(Choice.KEEP_BOTH, keys));
                }
                default -> {
                    return Optional.empty();
                }
            }
        }
        boolean theirs = answers.values().stream().allMatch(Choice.THEIRS::equals);
        return Optional.of(new Answer(theirs ? Choice.THEIRS : Choice.OURS, answers));
    }

    private Optional<Answer> askForAll(Conflict conflict) {
        String question = "ours: " + count(conflict.ours(), "nothing") + ", theirs: "
                + count(conflict.theirs(), "nothing that can be read");
        return switch (answer(question, List.of(OURS, THEIRS, SHOW, LEAVE), () -> show(conflict))) {
            case OURS -> Optional.of(new Answer(Choice.OURS, Map.of()));
            case THEIRS -> Optional.of(new Answer(Choice.THEIRS, Map.of()));
            default -> Optional.empty();
        };
    }

    /** Asks until one of the letters is the answer; who asks to see the values is shown them, and asked again. */
    private String answer(String question, List<String> letters, Runnable show) {
        String words = letters.contains(BOTH)
                ? "keep (o)urs, (t)heirs or (b)oth, (s)how the values, or (l)eave it?"
                : "keep (o)urs or (t)heirs, (s)how the values, or (l)eave it?";
        while (true) {
            String answer = terminal.askVisibly(
                            Printable.text(question) + "; " + words + " [" + String.join("/", letters) + "]")
                    .toLowerCase(Locale.ROOT);
            if (answer.equals(SHOW)) {
                show.run();
            } else if (letters.contains(answer)) {
                return answer;
            }
        }
    }

    private static String describe(Optional<Secret> side, String key) {
        if (key.equals(KeyChange.SCHEMA)) {
            return side.map(Secret::schemaType).orElse("none");
        }
        return side.map(secret -> secret.content().get(key))
                .map(value -> Messages.count(value.size(), "byte"))
                .orElse("removed");
    }

    private static String count(Optional<Secret> side, String none) {
        return side.map(secret -> Messages.count(secret.content().size(), "key"))
                .orElse(none);
    }

    private void show(Conflict conflict, String key) {
        show("ours", conflict.ours(), key);
        show("theirs", conflict.theirs(), key);
    }

    private void show(Conflict conflict) {
        conflict.ours()
                .ifPresent(secret -> new TreeSet<>(secret.content().keySet())
                        .forEach(key -> show("ours, " + key, conflict.ours(), key)));
        conflict.theirs()
                .ifPresent(secret -> new TreeSet<>(secret.content().keySet())
                        .forEach(key -> show("theirs, " + key, conflict.theirs(), key)));
    }

    private void show(String label, Optional<Secret> side, String key) {
        String text = key.equals(KeyChange.SCHEMA)
                ? describe(side, key)
                : side.map(secret -> secret.content().get(key))
                        .map(SecretValue::revealText)
                        .orElse("(removed)");
        terminal.talk("  " + Printable.text(label + ": " + text) + "\n");
    }
}
