package dev.coffer.secrets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds what somebody may have meant. */
public final class Spelling {
    private static final int MOST_SUGGESTIONS = 3;
    private static final int MOST_CANDIDATES = 10_000; // each takes microseconds
    private static final int MOST_EDITS = 2;
    private static final int CONTAINED = MOST_EDITS + 1; // ranks behind every mere misspelling

    private Spelling() {}

    /** {@code did you mean A or B? }, for the beginning of a hint; empty if nothing is near. */
    public static String didYouMean(String word, Collection<String> candidates) {
        List<String> near = near(
                        word, candidates.stream().limit(MOST_CANDIDATES).toList())
                .stream()
                .limit(MOST_SUGGESTIONS)
                .map(Printable::text)
                .toList();
        return near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "? ";
    }

    /** The one that is nearest, if any is near. */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        return near(word, List.copyOf(candidates)).stream().findFirst();
    }

    /**
     * The candidates that are at most two edits away from the word (less than half of its letters), contain it or are
     * contained in it, nearest first. Case does not count, nor which of {@code -}, {@code _} and space is between words.
     */
    static List<String> near(String word, List<String> candidates) {
        String plain = plain(word);
        int longest = candidates.stream().mapToInt(String::length).max().orElse(0);
        if (plain.length() < 2 || plain.length() > 2 * longest) {
            return List.of();
        }
        List<Map.Entry<Integer, String>> ranked = new ArrayList<>();
        for (String candidate : candidates) {
            String other = plain(candidate);
            int edits = Math.abs(plain.length() - other.length()) <= MOST_EDITS ? edits(plain, other) : CONTAINED;
            if (edits <= MOST_EDITS && 2 * edits < plain.length()) {
                ranked.add(Map.entry(edits, candidate));
            } else if (plain.contains(other) || other.contains(plain)) {
                ranked.add(Map.entry(CONTAINED, candidate));
            }
        }
        ranked.sort(Map.Entry.<Integer, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
        return ranked.stream().map(Map.Entry::getValue).toList();
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }

    /** How many letters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
    private static int edits(String left, String right) {
        int[][] edits = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                boolean same = left.charAt(i - 1) == right.charAt(j - 1);
                int fewest =
                        Math.min(edits[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    fewest = Math.min(fewest, edits[i - 2][j - 2] + 1);
                }
                edits[i][j] = fewest;
            }
        }
        return edits[left.length()][right.length()];
    }
}
