package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Coffer;
import dev.coffer.secrets.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes are killed at random moments of every kind of work; what they acknowledged stays, whole. */
@Tag("campaign")
class CrashTest {
    private static final int MAX_DELAY_MS = 400;
    private static final int MIN_DELAY_MS = 5;
    private static final int KILLS_PER_KIND = Campaign.isLong() ? 40 : 4;

    @TempDir
    Path folder;

    static List<CrashKind> kinds() {
        return List.of(
                new ContentCrash.Register(),
                new ContentCrash.Update(),
                new ContentCrash.Rename(),
                new ContentCrash.Delete(),
                new CreationCrash(),
                new KeyCrash.Rotate(),
                new KeyCrash.RotateDeks(),
                new KeyCrash.Slots(),
                new KeyCrash.Revoke(),
                new BackupCrash(),
                new RestoreCrash(),
                new AcceptOlderCrash(),
                new MigrationCrash());
    }

    /** A kill that is still to come. */
    private record Plan(CrashKind kind, Path home, int run, int delayMs) {}

    @Test
    @Timeout(value = 40, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void killedProcesses_loseNothingThatTheyAcknowledged() throws Exception {
        long seed = Campaign.seed("crash");
        List<Plan> plans = plans(new Random(seed));
        Map<String, int[]> done = new TreeMap<>();
        long start = System.nanoTime();
        try (Children children = new Children(folder)) {
            Children.Child next = start(children, plans.get(0), 0);
            for (int i = 0; i < plans.size(); i++) {
                Plan plan = plans.get(i);
                if (plan.run() == 0) {
                    plan.kind().prepare(plan.home(), seed);
                }
                List<String> lines = kill(next, plan, seed);
                if (i + 1 < plans.size()) {
                    next = start(children, plans.get(i + 1), i + 1);
                }
                check(plan, seed, lines);
                Homes.delete(folder.resolve("warm-up-" + i));
                int[] sums = done.computeIfAbsent(plan.kind().title(), title -> new int[2]);
                sums[0]++;
                sums[1] += lines.size();
            }
        }
        int kills = done.values().stream().mapToInt(sums -> sums[0]).sum();
        done.forEach((title, sums) ->
                Campaign.say("crash: " + title + ": " + sums[0] + " kills, " + sums[1] + " lines acknowledged"));
        Campaign.say("crash: " + kills + " kills in " + (System.nanoTime() - start) / 1_000_000_000 + " s");
        assertEquals(plans.size(), kills);
    }

    private List<Plan> plans(Random random) {
        List<Plan> plans = new ArrayList<>();
        for (CrashKind kind : kinds()) {
            String only = System.getProperty("coffer.crash.kind", kind.title());
            for (int run = 0; run < KILLS_PER_KIND && only.equals(kind.title()); run++) {
                int delay = MIN_DELAY_MS + random.nextInt(MAX_DELAY_MS - MIN_DELAY_MS);
                plans.add(new Plan(kind, folder.resolve(kind.title()), run, delay));
            }
        }
        return plans;
    }

    /** A child that warms up while the work of the one before is looked at. */
    private Children.Child start(Children children, Plan plan, int number) {
        return children.start(
                CrashChild.class,
                plan.kind().title(),
                folder.resolve("warm-up-" + number).toString());
    }

    private static List<String> kill(Children.Child child, Plan plan, long seed) throws InterruptedException {
        child.expect("WARM");
        child.tell(plan.run() + " " + seed + " " + plan.home());
        child.expect("READY");
        TimeUnit.MILLISECONDS.sleep(plan.delayMs());
        child.kill();
        List<String> lines = child.rest();
        int exit = child.exitCode();
        assertEquals(128 + 9, exit, () -> "the child ended by itself: " + child.errors());
        child.cleanUp();
        return lines;
    }

    private void check(Plan plan, long seed, List<String> lines) throws Exception {
        try {
            plan.kind().check(plan.home(), plan.run(), seed, lines);
            if (plan.run() == KILLS_PER_KIND - 1) {
                requireSwept(plan);
            }
        } catch (Exception | AssertionError e) {
            String last = lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
            throw new AssertionError(
                    plan + " with seed " + seed + ", after " + lines.size() + " lines, the last " + last, e);
        }
    }

    /** The next backup leaves nothing of what the killed processes left. */
    private static void requireSwept(Plan plan) throws Exception {
        if (Files.exists(plan.home().resolve("coffer.db"))) {
            try (Coffer coffer = Coffer.open(Homes.existing(plan.home()))) {
                coffer.secrets().registerSecret(Model.secret("last", Map.of("key", "value")));
                coffer.vault().backup(plan.home().resolve("last.backup"), Progress.NONE);
            }
            assertEquals(List.of(), Homes.leftovers(plan.home()));
        }
    }
}
