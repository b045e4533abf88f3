package dev.coffer.flavor;

import dev.coffer.vault.Vault;
import java.time.Clock;
import java.util.List;

/** The flavors that come with coffer: one line each. */
public final class BuiltInFlavors {
    private BuiltInFlavors() {}

    /** All flavors that can be had, the class path's included. */
    public static Flavors of(Vault vault, Clock clock) {
        return Flavors.of(List.of(
                new LocalFlavor(vault), //
                new MemoryFlavor(clock)));
    }
}
