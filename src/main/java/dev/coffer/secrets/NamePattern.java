package dev.coffer.secrets;

import java.text.Normalizer;
import java.util.function.Predicate;

/**
 * A pattern for names: {@code *} stands for any characters, {@code /} among them, {@code ?} for one, and everything else
 * for itself. Takes at most the product of the two lengths in steps, whatever the pattern: a regular expression of many
 * stars would not end.
 */
public final class NamePattern {
    private NamePattern() {}

    /** Whether a name fits the pattern. */
    public static Predicate<String> of(String pattern) {
        int[] wanted =
                Normalizer.normalize(pattern, Normalizer.Form.NFC).codePoints().toArray();
        return name -> matches(wanted, name.codePoints().toArray());
    }

    /** After a mismatch only the last star has to take one character more: the ones before it fit as they are. */
    private static boolean matches(int[] pattern, int[] name) {
        int at = 0;
        int star = -1;
        int behindStar = 0;
        for (int i = 0; i < name.length; ) {
            if (at < pattern.length && pattern[at] == '*') {
                star = at++;
                behindStar = i;
            } else if (at < pattern.length && (pattern[at] == '?' || pattern[at] == name[i])) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++behindStar;
            } else {
                return false;
            }
        }
        while (at < pattern.length && pattern[at] == '*') {
            at++;
        }
        return at == pattern.length;
    }
}
