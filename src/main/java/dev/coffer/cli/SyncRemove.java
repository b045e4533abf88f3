package dev.coffer.cli;

import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer sync remove}. */
@picocli.CommandLine.Command(
        name = "remove",
        description = "Forget a target and what was agreed with it; no secret is changed, here or there.",
        customSynopsis = "coffer sync remove MANAGER",
        footer = {"", "Example:", "  coffer sync remove team"})
final class SyncRemove implements Command {
    @Parameters(paramLabel = "MANAGER", description = "the target")
    private String manager = "";

    @Override
    public void run(Session session) throws IOException {
        Sync sync = session.store().sync();
        SyncTarget target = sync.target(manager);
        session.confirm("forget the target " + manager + " and what was agreed with it?");
        sync.remove(target);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("removed", target.name());
                json.writeEndObject();
            });
        } else {
            session.messages().done("removed the sync target " + target.name() + "; all secrets are as they were");
        }
    }
}
