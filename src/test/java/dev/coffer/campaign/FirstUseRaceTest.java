package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Coffer;
import dev.coffer.secrets.SecretName;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes are the first to use a store, all at the same time. */
class FirstUseRaceTest {
    private static final int PROCESSES = 6;
    private static final int ROUNDS = 5;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void firstUsesAtTheSameTime_makeOneStore() throws Exception {
        try (Children children = new Children(folder)) {
            List<Children.Child> all = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                all.add(children.start(Child.class, "secret-" + i));
            }
            for (int round = 0; round < ROUNDS; round++) {
                Path home = folder.resolve("home-" + round);
                all.forEach(child -> child.expect("READY"));
                all.forEach(child -> child.tell(home.toString()));
                int made = 0;
                for (Children.Child child : all) {
                    String said = String.valueOf(child.line());
                    made += said.equals("MADE") ? 1 : 0;
                    child.expect("REGISTERED");
                }
                assertEquals(1, made, "how many said that they made the store");
                requireOneStore(home);
            }
        }
    }

    private static void requireOneStore(Path home) {
        assertEquals(1, BackupCrash.files(home.resolve("keys"), "").size());
        assertEquals(List.of(), Homes.leftovers(home));
        Homes.sound(home, coffer -> {
            List<String> names = coffer.secrets().getAllSecretKeys().stream()
                    .map(SecretName::value)
                    .toList();
            assertEquals(List.of("secret-0", "secret-1", "secret-2", "secret-3", "secret-4", "secret-5"), names);
        });
    }

    /** Registers one secret in each home that it is told. */
    static final class Child {
        private Child() {}

        /** Takes the secret's name. Any notice but that a store was made is a failure. */
        public static void main(String[] arguments) throws Exception {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            CrashChild.say("READY");
            for (String home = in.readLine(); home != null; home = in.readLine()) {
                List<String> notices = new ArrayList<>();
                try (Coffer coffer = Coffer.open(Homes.made(Path.of(home)).withNotices(notices::add))) {
                    coffer.secrets().registerSecret(Model.secret(arguments[0], Map.of("key", "value")));
                }
                boolean made = !notices.isEmpty() && notices.get(0).startsWith("made a new store");
                CrashChild.say(made ? "MADE" : notices.isEmpty() ? "FOUND" : notices.toString());
                if (notices.size() > (made ? 1 : 0)) {
                    throw new AssertionError(notices.toString());
                }
                CrashChild.say("REGISTERED");
                CrashChild.say("READY");
            }
        }
    }
}
