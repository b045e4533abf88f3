package dev.coffer.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds what somebody may have meant. */
final class Spelling {
    private static final int MOST_EDITS = 2;
    private static final int CONTAINED = MOST_EDITS + 1; // ranks behind every mere misspelling

    private Spelling() {}

    /**
     * The candidates that are at most two edits away from the word (less than half of its letters), contain it or are
     * contained in it, nearest first.
     *
     * @param candidates in lower case, with {@code _} between words
     */
    static List<String> near(String word, List<String> candidates) {
        String plain = word.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
        int longest = candidates.stream().mapToInt(String::length).max().orElse(0);
        if (plain.length() < 2 || plain.length() > 2 * longest) {
            return List.of();
        }
        List<Map.Entry<Integer, String>> ranked = new ArrayList<>();
        for (String candidate : candidates) {
            int edits = edits(plain, candidate);
            if (edits <= MOST_EDITS && 2 * edits < plain.length()) {
                ranked.add(Map.entry(edits, candidate));
            } else if (plain.contains(candidate) || candidate.contains(plain)) {
                ranked.add(Map.entry(CONTAINED, candidate));
            }
        }
        ranked.sort(Map.Entry.<Integer, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
        return ranked.stream().map(Map.Entry::getValue).toList();
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
