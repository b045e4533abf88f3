package dev.coffer.flavor;

import dev.coffer.component.ExtensionJars;
import dev.coffer.component.Flavor;
import dev.coffer.flavor.aws.AwsFlavor;
import dev.coffer.flavor.azure.AzureFlavor;
import dev.coffer.flavor.gcp.GcpFlavor;
import dev.coffer.flavor.github.GithubFlavor;
import dev.coffer.flavor.postgres.PostgresFlavor;
import dev.coffer.flavor.vault.VaultFlavor;
import dev.coffer.vault.Vault;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The flavors that come with coffer: one line each. */
public final class BuiltInFlavors {
    private BuiltInFlavors() {}

    /** All flavors that can be had: those registered in the vault, and the class path's, included. */
    public static Flavors of(Vault vault, ExtensionJars jars, Clock clock) {
        List<Flavor> builtIn = List.of(
                new LocalFlavor(vault), //
                new MemoryFlavor(clock), //
                new AwsFlavor(),
                new AzureFlavor(),
                new GcpFlavor(clock, System.getenv()), //
                new GithubFlavor(System.getenv()), //
                new PostgresFlavor(clock, System.getenv()),
                new VaultFlavor(clock, System.getenv(), Path.of(System.getProperty("user.home", "."))));
        return Flavors.of(builtIn, vault, jars);
    }
}
