package dev.coffer.cli;

import dev.coffer.vault.SlotInfo;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code coffer key slot list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the ways to unlock the store.",
        customSynopsis = "coffer key slot list [--secrets-manager NAME]",
        footer = {"", "Example:", "  coffer key slot list", "  coffer key slot list --secrets-manager team"})
final class KeySlotList implements Command {
    @Option(
            names = "--secrets-manager",
            paramLabel = "NAME",
            description = "the keys of this secrets manager instead of the store's on this machine")
    private @Nullable String manager;

    @Override
    public void run(Session session) throws IOException {
        List<SlotInfo> slots = session.keys(manager).slots();
        if (session.json()) {
            session.print(json -> Slots.write(json, slots));
        } else {
            session.print(Slots.table(slots));
        }
    }
}
