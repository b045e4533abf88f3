package dev.coffer.cli;

import dev.coffer.sync.Direction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer sync push}. */
@picocli.CommandLine.Command(
        name = "push",
        description = "Send to the targets what was changed here.",
        customSynopsis = "coffer sync push [MANAGER…] [--mirror-deletes]",
        footer = {
            "",
            "What the target changed meanwhile is never overwritten: that is a conflict, and the exit code is 8.",
            "Deletions travel with --mirror-deletes alone, which asks.",
            "",
            "Example:",
            "  coffer sync push team"
        })
final class SyncPush implements Command {
    @Parameters(arity = "0..*", paramLabel = "MANAGER", description = "the targets; else all")
    private List<String> names = new ArrayList<>();

    @Option(names = "--mirror-deletes", description = "delete there what was deleted here")
    private boolean mirrorDeletes;

    @Override
    public void run(Session session) throws IOException {
        SyncRun run = new SyncRun(session, Direction.PUSH, mirrorDeletes);
        run.carryOut(run.plan(names), "pushing to");
    }
}
