package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.vault.KeyStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes with several threads each do everything at once, while another one rotates the keys. */
@Tag("campaign")
class ConcurrencyTest {
    private static final int PROCESSES = 4;
    private static final int SECONDS = Campaign.isLong() ? 120 : 30;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyProcessesAndThreads_loseNoUpdate() throws Exception {
        long seed = Campaign.seed("concurrency");
        Path home = folder.resolve("home");
        prepare(home);
        List<String> told = run(home, seed);

        Homes.sound(home, coffer -> {
            check(coffer.secrets(), told);
            coffer.vault().keys().rotate(Progress.NONE);
            KeyStatus status = coffer.vault().keys().status();
            assertFalse(status.rotationPending());
            assertEquals(1, status.keks().size());
            check(coffer.secrets(), told);
        });
        assertEquals(List.of(), Homes.leftovers(home));
        Map<String, Long> sums = sums(told);
        long operations = sums.getOrDefault("OPERATIONS -", 0L);
        Campaign.say("concurrency: " + PROCESSES + " processes x " + ConcurrencyChild.THREADS + " threads, "
                + operations + " operations in " + SECONDS + " s, " + operations / SECONDS + " each second; "
                + sums.get("ROTATIONS -") + " rotations; " + sums.get("CONFLICTS -")
                + " times another one was faster; " + Homes.count(home, "coffer.db") + " bytes of database");
        assertTrue(operations > 0 && sums.getOrDefault("ROTATIONS -", 0L) > 0, sums::toString);
    }

    private static void prepare(Path home) {
        try (Coffer coffer = Coffer.open(Homes.made(home))) {
            for (int i = 0; i < ConcurrencyChild.COUNTERS; i++) {
                coffer.secrets().registerSecret(Model.secret("counter/" + i, Map.of("value", "0")));
            }
            coffer.secrets().registerSecret(Model.secret(ConcurrencyChild.MERGED, Map.of("first", "0")));
        }
    }

    private List<String> run(Path home, long seed) throws InterruptedException {
        List<String> told = new ArrayList<>();
        try (Children children = new Children(folder)) {
            List<Children.Child> all = new ArrayList<>();
            for (int i = 0; i <= PROCESSES; i++) {
                all.add(children.start(
                        ConcurrencyChild.class,
                        i == PROCESSES ? "rotator" : "worker",
                        home.toString(),
                        "" + i,
                        "" + SECONDS,
                        "" + seed));
            }
            all.forEach(child -> child.expect("READY"));
            all.forEach(child -> child.tell("GO"));
            for (Children.Child child : all) {
                told.addAll(child.rest());
                assertEquals(0, child.exitCode(), child::errors);
            }
        }
        assertEquals(PROCESSES + 1, told.stream().filter("DONE"::equals).count());
        return told;
    }

    /** Lines of three words, summed up by the first two. */
    private static Map<String, Long> sums(List<String> told) {
        Map<String, Long> sums = new TreeMap<>();
        for (String line : told) {
            int last = line.lastIndexOf(' ');
            if (last > 0) {
                sums.merge(line.substring(0, last), Long.parseLong(line.substring(last + 1)), Long::sum);
            }
        }
        return sums;
    }

    private static void check(SecretsManager secrets, List<String> told) {
        int own = 0;
        for (Map.Entry<String, Long> sum : sums(told).entrySet()) {
            String[] words = sum.getKey().split(" ", 2);
            switch (words[0]) {
                case "OWN" -> {
                    ConcurrencyChild.requireContent(secrets, words[1], sum.getValue());
                    own++;
                }
                case "COUNTER" -> assertEquals("" + sum.getValue(), value(secrets, "counter/" + words[1], "value"));
                case "MERGES" -> {
                    if (sum.getValue() > 0) {
                        assertEquals("" + sum.getValue(), value(secrets, ConcurrencyChild.MERGED, words[1]));
                    }
                }
                default -> assertTrue(words[1].equals("-"), sum::toString);
            }
        }
        long others = secrets.getAllSecretKeys().stream()
                .filter(name -> name.value().matches("(counter|shared|ball)/.*"))
                .count();
        assertEquals(own + others, secrets.getAllSecretKeys().size(), "secrets that were deleted are there");
    }

    private static String value(SecretsManager secrets, String name, String key) {
        try (Secret secret = secrets.getSecret(SecretName.of(name))) {
            return secret.value(key).revealText();
        }
    }
}
