package dev.coffer.schema;

import java.util.regex.Pattern;

/**
 * Matches a pattern of a schema against a value, and gives up after so many steps that the pattern must be one whose
 * effort grows out of bounds. Patterns are found anywhere in the text, as JSON Schema has it.
 */
final class StepLimit {
    /** Enough for any honest pattern on the largest value; a second's work at most. */
    private static final long MAX_STEPS = 20_000_000;

    private StepLimit() {}

    /** The pattern was given up. Holds nothing of the value. */
    private static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Exceeded() {
            super("the pattern takes too many steps", null, false, false);
        }
    }

    /** Whether the pattern is found in the text; not if that takes too many steps, or too deep a stack. */
    static boolean finds(Pattern pattern, CharSequence text) {
        try {
            return pattern.matcher(new Counted(text, new long[1])).find();
        } catch (Exceeded | StackOverflowError e) { // alternatives in a repetition take a frame for each character
            return false;
        }
    }

    /** The matcher reads each character through this, again each time that it goes back. */
    private record Counted(CharSequence text, long[] steps) implements CharSequence {
        @Override
        public char charAt(int index) {
            if (++steps[0] > MAX_STEPS) {
                throw new Exceeded();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.subSequence(start, end), steps);
        }

        @Override
        public String toString() {
            return "a value"; // whoever prints it, prints nothing of it
        }
    }
}
