package dev.coffer.bench;

/**
 * A figure and what it is held against.
 *
 * @param id short, for the plot and for choosing some
 * @param what is measured
 * @param measured the figure in words, with what it was made of
 * @param limit the bar in words; empty if the figure is only reported
 * @param share of the bar that is used: 1 is on the bar, less is met; NaN if there is no bar
 */
record Bar(String id, String what, String measured, String limit, double share) {
    boolean met() {
        return share <= 1;
    }

    String verdict() {
        return Double.isNaN(share) ? "reported" : met() ? "met" : "missed";
    }
}
