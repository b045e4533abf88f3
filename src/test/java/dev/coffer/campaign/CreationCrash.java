package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** First uses of stores that are not there yet: with a key file that coffer makes, or with one that the user names. */
final class CreationCrash implements CrashKind {
    private static final Map<String, String> CONTENT = Map.of("password", "value");

    @Override
    public String title() {
        return "creation";
    }

    @Override
    public void prepare(Path home, long seed) {
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void warmUp(Path home, long seed) {
        prepare(home, seed);
        register(options(home, 0, 0), "warm");
        register(options(home, 0, 1), "warm");
    }

    private static CofferOptions options(Path home, int run, int i) {
        Path store = home.resolve("run-" + run + "-" + i);
        CofferOptions options = Homes.made(store);
        return i % 2 == 0 ? options : options.withKeyFile(store.resolve("own").resolve("user.key"));
    }

    private static void register(CofferOptions options, String name) {
        try (Coffer coffer = Coffer.open(options)) {
            coffer.secrets().registerSecret(Model.secret(name, CONTENT));
        }
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) {
        for (int i = 0; ; i++) {
            register(options(home, run, i), "first");
            out.accept("ACK " + i);
        }
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        for (int i = 0; i <= lines.size(); i++) {
            CofferOptions options = options(home, run, i);
            if (i == lines.size()) {
                register(options, "second"); // whatever is there, the next first use works
            }
            boolean acknowledged = i < lines.size();
            Homes.sound(options.withCreateIfMissing(false), coffer -> {
                Model found = Model.of(coffer);
                for (String name : found.states().keySet()) {
                    assertEquals(
                            new Model.State(1, false, CONTENT), found.states().get(name));
                }
                List<String> expected = acknowledged ? List.of("first") : List.of("second");
                List<String> either = acknowledged ? expected : List.of("first", "second");
                List<String> names = List.copyOf(found.states().keySet());
                assertEquals(names.equals(either) ? either : expected, names);
            });
        }
        assertEquals(List.of(), Homes.leftovers(home));
    }
}
