package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Changes of secrets. Each step is one transaction and is known from its number alone, so that the parent can say what
 * the store has to hold after any number of steps.
 */
abstract sealed class ContentCrash implements CrashKind {
    private static final int FIXED = 4;

    private Model before = new Model(new TreeMap<>());

    abstract void step(SecretsManager secrets, Step step);

    abstract void step(Model model, Step step);

    /** One step. */
    record Step(int run, int i, long seed) {
        String name(int number) {
            return "run-" + run + "/" + number;
        }

        List<String> several() {
            return List.of(name(i) + "/a", name(i) + "/b", name(i) + "/c", name(i) + "/d");
        }

        String fixed() {
            return "fixed/" + i % FIXED;
        }

        String value(String key) {
            Random random = new Random(seed ^ (run * 1_000_003L + i * 31L + key.hashCode()));
            int length = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(100);
            return run + "." + i + "." + key + "." + "x".repeat(length);
        }

        Map<String, String> content() {
            return Map.of("username", value("username"), "password", value("password"));
        }
    }

    /** Registers one secret, or four at once. */
    static final class Register extends ContentCrash {
        @Override
        void step(SecretsManager secrets, Step step) {
            if (step.i() % 3 == 2) {
                ((BulkWrites) secrets)
                        .registerSecrets(step.several().stream()
                                .map(name -> Model.secret(name, step.content()))
                                .toList());
            } else {
                secrets.registerSecret(Model.secret(step.name(step.i()), step.content()));
            }
        }

        @Override
        void step(Model model, Step step) {
            if (step.i() % 3 == 2) {
                step.several().forEach(name -> model.put(name, step.content()));
            } else {
                model.put(step.name(step.i()), step.content());
            }
        }
    }

    /** Replaces and merges, in turns. */
    static final class Update extends ContentCrash {
        @Override
        void step(SecretsManager secrets, Step step) {
            if (step.i() % 2 == 0) {
                secrets.updateSecret(Model.secret(step.fixed(), step.content()));
            } else {
                Map<String, SecretValue> set = Map.of("merged", SecretValue.of(step.value("merged")));
                secrets.mergeSecret(SecretName.of(step.fixed()), new SecretPatch(set, Set.of(), Optional.empty()));
            }
        }

        @Override
        void step(Model model, Step step) {
            if (step.i() % 2 == 0) {
                model.put(step.fixed(), step.content());
            } else {
                model.merge(step.fixed(), "merged", step.value("merged"));
            }
        }
    }

    /** Renames one secret again and again. */
    static final class Rename extends ContentCrash {
        @Override
        void step(SecretsManager secrets, Step step) {
            ((Renaming) secrets).renameSecret(SecretName.of(from(step)), SecretName.of(to(step)));
        }

        @Override
        void step(Model model, Step step) {
            model.rename(from(step), to(step));
        }

        private static String from(Step step) {
            return step.i() == 0 ? wanderer(step.run()) : wanderer(step.run()) + "/" + step.i();
        }

        private static String to(Step step) {
            return wanderer(step.run()) + "/" + (step.i() + 1);
        }
    }

    /** Registers, deletes, registers again and purges. */
    static final class Delete extends ContentCrash {
        @Override
        void step(SecretsManager secrets, Step step) {
            String name = step.name(step.i() / 4);
            switch (step.i() % 4) {
                case 1 -> secrets.deleteSecret(SecretName.of(name));
                case 3 -> ((Recoverable) secrets).purgeSecret(SecretName.of(name));
                default -> secrets.registerSecret(Model.secret(name, step.content()));
            }
        }

        @Override
        void step(Model model, Step step) {
            String name = step.name(step.i() / 4);
            switch (step.i() % 4) {
                case 1 -> model.delete(name);
                case 3 -> model.purge(name);
                default -> model.put(name, step.content());
            }
        }
    }

    private static String wanderer(int run) {
        return "wanderer-" + run;
    }

    @Override
    public String title() {
        return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public void prepare(Path home, long seed) {
        try (Coffer coffer = Coffer.open(Homes.made(home))) {
            for (int i = 0; i < FIXED; i++) {
                coffer.secrets().registerSecret(Model.secret("fixed/" + i, Map.of("first", "value")));
            }
            beginRun(coffer, 0);
        }
    }

    private void beginRun(Coffer coffer, int run) {
        coffer.secrets().registerSecret(Model.secret(wanderer(run), Map.of("run", "" + run)));
        before = Model.of(coffer);
    }

    @Override
    public void warmUp(Path home, long seed) {
        prepare(home, seed);
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            for (int i = 0; i < 8; i++) {
                step(coffer.secrets(), new Step(0, i, seed));
            }
        }
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) {
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            for (int i = 0; ; i++) {
                step(coffer.secrets(), new Step(run, i, seed));
                out.accept("ACK " + i);
            }
        }
    }

    /** After an error that said that nothing was changed. */
    void requireUnchanged(Path home, int run, long seed, List<String> lines) {
        Model acknowledged = before.copy();
        for (int i = 0; i < lines.size(); i++) {
            step(acknowledged, new Step(run, i, seed));
        }
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            Model found = Model.of(coffer);
            assertEquals(acknowledged, found, () -> "it was changed: " + found.differenceFrom(acknowledged));
        }
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        Model acknowledged = before.copy();
        for (int i = 0; i < lines.size(); i++) {
            step(acknowledged, new Step(run, i, seed));
        }
        Model oneMore = acknowledged.copy();
        step(oneMore, new Step(run, lines.size(), seed));
        Homes.sound(home, coffer -> {
            Model found = Model.of(coffer);
            assertTrue(
                    found.equals(acknowledged) || found.equals(oneMore),
                    () -> "after " + lines.size() + " acknowledged steps the store differs from what was acknowledged:"
                            + found.differenceFrom(acknowledged) + "\nand from one step more:"
                            + found.differenceFrom(oneMore));
            beginRun(coffer, run + 1);
        });
    }
}
