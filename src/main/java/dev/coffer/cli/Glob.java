package dev.coffer.cli;

import java.text.Normalizer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A pattern for names: {@code *} stands for any characters, {@code /} among them, {@code ?} for one, and everything else
 * for itself.
 */
final class Glob {
    private Glob() {}

    static Predicate<String> of(String pattern) {
        StringBuilder regex = new StringBuilder();
        Normalizer.normalize(pattern, Normalizer.Form.NFC).codePoints().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
    }
}
