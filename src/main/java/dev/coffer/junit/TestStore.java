package dev.coffer.junit;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.vault.StoreLocation;
import dev.coffer.vault.Unlocker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** A store in a temporary folder, which goes with it. */
final class TestStore implements AutoCloseable {
    private static final String LOCAL = "local";

    private final Path home;
    private final Coffer coffer;
    private final SecretsManager keeper; // what the memory flavor keeps is gone with its last manager

    private TestStore(Path home, Coffer coffer, SecretsManager keeper) {
        this.home = home;
        this.coffer = coffer;
        this.keeper = keeper;
    }

    /**
     * Makes a store and fills it; leaves nothing behind if that fails.
     *
     * @param place the annotation that asks for it, for messages
     */
    static TestStore make(String place, String flavor, List<Seed> seeds) {
        Path home = temporaryFolder();
        Coffer coffer = Coffer.open(new CofferOptions(
                StoreLocation.inHome(home), Unlocker.NONE, true, Clock.systemUTC(), said -> {}, Optional.empty()));
        boolean made = false;
        try {
            TestStore store = new TestStore(home, coffer, manager(coffer, place, flavor));
            seeds.forEach(seed -> seed.plant(store.keeper));
            made = true;
            return store;
        } finally {
            if (!made) {
                coffer.close();
                delete(home);
            }
        }
    }

    private static SecretsManager manager(Coffer coffer, String place, String flavor) {
        try {
            if (!flavor.equals(LOCAL)) {
                coffer.components().register(ComponentType.SECRETS_MANAGER, "test", flavor, Map.of());
                String stack = coffer.stacks().active().name();
                coffer.stacks().update(stack, Map.of(ComponentType.SECRETS_MANAGER, "test"), Set.of());
            }
            return coffer.secrets();
        } catch (CofferException e) {
            throw new ExtensionConfigurationException(place + ": " + Seed.sentence(e), e);
        }
    }

    Coffer coffer() {
        return coffer;
    }

    @Override
    public void close() {
        try {
            keeper.close();
            coffer.close();
        } finally {
            delete(home);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("coffer-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary store " + folder + " cannot be removed", e);
        }
    }
}
