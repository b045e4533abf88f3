package dev.coffer.cli;

import java.util.List;
import java.util.Optional;

/**
 * The command line that scripts run most, read without picocli, which takes longer than all the rest of it:
 *
 * <pre>
 * coffer secret get NAME [--key KEY | --key=KEY]
 * </pre>
 *
 * <p>The options may come before the name. Everything else, also what is wrong with it, is picocli's.
 */
final class PlainGet {
    private static final String KEY = "--key";

    private PlainGet() {}

    /** The command, as picocli would fill it in; empty if that is not for this class to say. */
    static Optional<SecretGet> of(List<String> words) {
        if (words.size() < 3 || !words.get(0).equals("secret") || !words.get(1).equals("get")) {
            return Optional.empty();
        }
        String name = null;
        String key = null;
        for (int i = 2; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith(KEY + "=") && key == null) {
                key = word.substring(KEY.length() + 1);
            } else if (word.equals(KEY) && key == null && i + 1 < words.size()) {
                key = words.get(++i);
            } else if (name == null) {
                name = word;
            } else {
                return Optional.empty();
            }
        }
        if (name == null || !isPlain(name) || (key != null && !isPlain(key))) {
            return Optional.empty();
        }
        return Optional.of(new SecretGet(name, key));
    }

    /** Not empty, and nothing that could be taken for an option, or for something quoted. */
    private static boolean isPlain(String word) {
        return !word.isEmpty() && "-\"'".indexOf(word.charAt(0)) < 0;
    }
}
