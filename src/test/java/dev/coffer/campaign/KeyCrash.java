package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeyService;
import dev.coffer.vault.KeyStatus;
import dev.coffer.vault.SlotInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** Changes of keys: the secrets stay what they are. */
abstract sealed class KeyCrash implements CrashKind {
    // Several batches of a rotation.
    private static final int SECRETS = 1_200;

    private Model content = new Model(new TreeMap<>());

    /** One change, acknowledged by its caller. */
    abstract void step(Coffer coffer, Path home, int run, int i, Consumer<String> out);

    /** Renews the KEK. */
    static final class Rotate extends KeyCrash {
        @Override
        void step(Coffer coffer, Path home, int run, int i, Consumer<String> out) {
            coffer.vault().keys().rotate(Progress.NONE);
        }
    }

    /** Renews the KEK and every DEK. */
    static final class RotateDeks extends KeyCrash {
        @Override
        void step(Coffer coffer, Path home, int run, int i, Consumer<String> out) {
            coffer.vault().keys().rotateDeks(Progress.NONE);
        }
    }

    /** Adds slots and removes them again, two steps behind. */
    static final class Slots extends KeyCrash {
        @Override
        void step(Coffer coffer, Path home, int run, int i, Consumer<String> out) {
            KeyService keys = coffer.vault().keys();
            makeRoom(keys, run);
            if (i % 2 == 0) {
                keys.addSlot(KeyInput.keyFile(file(home, run, i)));
            } else if (i % 4 == 1) {
                keys.removeSlot(slotOf(keys, file(home, run, i - 1)).id());
            } else {
                keys.addRecoveryCode();
            }
        }

        /** A store has at most 32 slots: what earlier runs left, and checked, makes room. */
        private static void makeRoom(KeyService keys, int run) {
            List<SlotInfo> slots = keys.slots();
            for (SlotInfo slot : slots.size() < 16 ? List.<SlotInfo>of() : slots) {
                boolean ofEarlierRun =
                        slot.label().contains("/slots/run-") && !slot.label().contains("/run-" + run + "-");
                if (ofEarlierRun || slot.kind().equals("recovery-code")) {
                    keys.removeSlot(slot.id());
                }
            }
        }

        @Override
        void checkKeys(Coffer coffer, Path home, int run, int acknowledged) {
            for (int i = 0; i < acknowledged; i += 2) {
                boolean removed = i % 4 == 0 && acknowledged > i + 1;
                boolean maybeRemoved = i % 4 == 0 && acknowledged == i + 1;
                Path file = file(home, run, i);
                boolean there = coffer.vault().keys().slots().stream()
                        .anyMatch(slot -> slot.label().equals(file.toString()));
                assertTrue(
                        maybeRemoved || there == !removed, "slot " + i + " of " + acknowledged + " is there: " + there);
                if (there) {
                    Homes.sound(Homes.existing(home).withKeyFile(file), opened -> {});
                } else {
                    requireRefused(home, file);
                }
            }
            // The key file of a step that was cut short stands in the way of nothing.
            coffer.vault().keys().addSlot(KeyInput.keyFile(file(home, run, acknowledged)));
        }

        private static Path file(Path home, int run, int i) {
            return home.resolve("slots").resolve("run-" + run + "-" + i + ".key");
        }
    }

    /** Revokes the slot in use in favour of another one, again and again. */
    static final class Revoke extends KeyCrash {
        @Override
        void step(Coffer coffer, Path home, int run, int i, Consumer<String> out) {
            KeyService keys = coffer.vault().keys();
            Path next = file(home, run, i);
            SlotInfo added = keys.addSlot(KeyInput.keyFile(next));
            List<UUID> others = keys.slots().stream()
                    .map(SlotInfo::id)
                    .filter(id -> !id.equals(added.id()))
                    .toList();
            out.accept("REVOKING " + next);
            keys.revoke(
                    others.get(0),
                    Map.of(added.id(), KeyInput.keyFile(next)),
                    others.subList(1, others.size()),
                    Progress.NONE);
        }

        private static Path file(Path home, int run, int i) {
            return home.resolve("revoke").resolve("run-" + run + "-" + i + ".key");
        }

        @Override
        CofferOptions options(Path home) {
            return Homes.existing(home).withKeyFile(currentKey(home));
        }

        /** The key file of a step that was cut short stands in the way of nothing, and nothing lies beside it after. */
        @Override
        void checkKeys(Coffer coffer, Path home, int run, int acknowledged) {
            coffer.vault().keys().addSlot(KeyInput.keyFile(file(home, run, acknowledged)));
        }

        /** Whichever of the key files opens the store; all that do have to be named by its slots. */
        private static Path currentKey(Path home) {
            List<Path> opening = new ArrayList<>();
            for (Path file : keyFiles(home)) {
                try (Coffer coffer = Coffer.open(Homes.existing(home).withKeyFile(file))) {
                    List<String> labels = coffer.vault().keys().slots().stream()
                            .map(SlotInfo::label)
                            .toList();
                    assertTrue(labels.contains(file.toString()), file + " opens the store without a slot");
                    opening.add(file);
                } catch (WrongKeyException e) {
                    delete(file); // revoked, or never in use: the next run need not try it
                }
            }
            assertFalse(opening.isEmpty(), "no key opens the store");
            return opening.get(0);
        }

        private static void delete(Path file) {
            try {
                Files.delete(file);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static List<Path> keyFiles(Path home) {
            List<Path> files = new ArrayList<>();
            for (String folder : List.of("keys", "revoke")) {
                if (Files.isDirectory(home.resolve(folder))) {
                    try (var entries = Files.list(home.resolve(folder))) {
                        entries.filter(file -> file.toString().endsWith(".key")).forEach(files::add);
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            }
            return files;
        }

        @Override
        void checkLines(Path home, List<String> lines) {
            // Before the last revocation that was acknowledged, every key was given up.
            int last = lines.lastIndexOf(
                    lines.stream().filter(l -> l.startsWith("ACK")).reduce("", (a, b) -> b));
            String current = last > 0 ? lines.get(last - 1).substring("REVOKING ".length()) : "";
            for (int i = 0; i < last - 1; i++) {
                if (lines.get(i).startsWith("REVOKING ")) {
                    Path revoked = Path.of(lines.get(i).substring("REVOKING ".length()));
                    assertFalse(revoked.toString().equals(current));
                    requireRefused(home, revoked);
                }
            }
        }
    }

    private static void requireRefused(Path home, Path keyFile) {
        try (Coffer coffer = Coffer.open(Homes.existing(home).withKeyFile(keyFile))) {
            assertThrows(WrongKeyException.class, () -> coffer.secrets().getAllSecretKeys());
        }
    }

    static SlotInfo slotOf(KeyService keys, Path file) {
        return keys.slots().stream()
                .filter(slot -> slot.label().equals(file.toString()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no slot of " + file));
    }

    CofferOptions options(Path home) {
        return Homes.existing(home);
    }

    void checkKeys(Coffer coffer, Path home, int run, int acknowledged) {}

    void checkLines(Path home, List<String> lines) {}

    @Override
    public String title() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    @Override
    public void prepare(Path home, long seed) {
        try (Coffer coffer = Coffer.open(Homes.made(home))) {
            List<Secret> secrets = new ArrayList<>();
            for (int i = 0; i < SECRETS; i++) {
                secrets.add(Model.secret("secret/" + i, Map.of("password", "value " + i)));
            }
            ((BulkWrites) coffer.secrets()).registerSecrets(secrets);
            content = Model.of(coffer);
        }
    }

    @Override
    public void warmUp(Path home, long seed) {
        try (Coffer coffer = Coffer.open(Homes.made(home))) {
            coffer.secrets().registerSecret(Model.secret("secret", Map.of("password", "value")));
            for (int i = 0; i < 4; i++) {
                step(coffer, home, -1, i, line -> {});
            }
        }
    }

    @Override
    public void work(Path home, int run, long seed, Consumer<String> out) {
        try (Coffer coffer = Coffer.open(options(home))) {
            for (int i = 0; ; i++) {
                step(coffer, home, run, i, out);
                out.accept("ACK " + i);
            }
        }
    }

    @Override
    public void check(Path home, int run, long seed, List<String> lines) {
        int acknowledged =
                (int) lines.stream().filter(line -> line.startsWith("ACK")).count();
        checkLines(home, lines);
        Homes.sound(options(home), coffer -> {
            requireContent(coffer);
            checkKeys(coffer, home, run, acknowledged);
            coffer.vault().keys().rotate(Progress.NONE);
            KeyStatus status = coffer.vault().keys().status();
            assertFalse(status.rotationPending());
            assertEquals(
                    List.of((long) SECRETS),
                    status.keks().stream().map(KeyStatus.Kek::versions).toList());
            requireContent(coffer);
        });
    }

    private void requireContent(Coffer coffer) {
        Model found = Model.of(coffer);
        assertEquals(content, found, () -> "the secrets changed: " + found.differenceFrom(content));
    }
}
