package dev.coffer.cli;

import dev.coffer.sync.Direction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer sync pull}. */
@picocli.CommandLine.Command(
        name = "pull",
        description = "Take over from the targets what was changed there.",
        customSynopsis = "coffer sync pull [MANAGER…] [--mirror-deletes]",
        footer = {
            "",
            "What was changed here meanwhile is never overwritten: that is a conflict, and the exit code is 8.",
            "Deletions travel with --mirror-deletes alone, which asks.",
            "",
            "Example:",
            "  coffer sync pull team"
        })
final class SyncPull implements Command {
    @Parameters(arity = "0..*", paramLabel = "MANAGER", description = "the targets; else all")
    private List<String> names = new ArrayList<>();

    @Option(names = "--mirror-deletes", description = "delete here what was deleted there")
    private boolean mirrorDeletes;

    @Override
    public void run(Session session) throws IOException {
        SyncRun run = new SyncRun(session, Direction.PULL, mirrorDeletes);
        run.carryOut(run.plan(names), "pulling from");
    }
}
