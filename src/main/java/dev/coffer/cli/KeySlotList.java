package dev.coffer.cli;

import dev.coffer.vault.SlotInfo;
import java.io.IOException;
import java.util.List;

/** {@code coffer key slot list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the ways to unlock the store.",
        customSynopsis = "coffer key slot list",
        footer = {"", "Example:", "  coffer key slot list"})
final class KeySlotList implements Command {
    @Override
    public void run(Session session) throws IOException {
        List<SlotInfo> slots = session.store().vault().keys().slots();
        if (session.json()) {
            session.print(json -> Slots.write(json, slots));
        } else {
            session.print(Slots.table(slots));
        }
    }
}
