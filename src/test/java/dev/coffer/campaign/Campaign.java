package dev.coffer.campaign;

import java.util.concurrent.ThreadLocalRandom;

/** How long a campaign is and what its randomness starts from. */
final class Campaign {
    private Campaign() {}

    /** Whether the full length was asked for, with the Maven profile {@code campaign}. */
    static boolean isLong() {
        return "long".equals(System.getProperty("coffer.campaign", "ci"));
    }

    /** The seed in the system property {@code coffer.seed}, else a new one; printed, so that a run can be repeated. */
    static long seed(String campaign) {
        long seed = Long.getLong("coffer.seed", ThreadLocalRandom.current().nextLong());
        say(campaign + ": " + (isLong() ? "long" : "ci") + " campaign, seed " + seed + " (repeat with -Dcoffer.seed="
                + seed + ")");
        return seed;
    }

    static void say(String line) {
        System.out.println("[campaign] " + line);
    }
}
