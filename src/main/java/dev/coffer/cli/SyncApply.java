package dev.coffer.cli;

import dev.coffer.sync.Direction;
import dev.coffer.sync.PlanFile;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer sync apply}. */
@picocli.CommandLine.Command(
        name = "apply",
        description = "Carry out a plan; without one, synchronize with all targets.",
        customSynopsis = "coffer sync apply [PLAN-FILE|-] [--mirror-deletes]",
        footer = {
            "",
            "A plan in a file is carried out as it stands: if either side was changed since it was made, nothing is",
            "written, and the exit code is 8. What of it is done already is not done again. Asks if anything would",
            "be deleted.",
            "",
            "Example:",
            "  coffer sync apply plan.json"
        })
final class SyncApply implements Command {
    private static final int MAX_PLAN = 64 << 20; // bytes: some 100,000 secrets
    private static final String STDIN = "-";

    @Parameters(arity = "0..1", paramLabel = "FILE|-", description = "a plan as 'coffer sync plan -o json' prints it")
    private @Nullable String file;

    @Option(names = "--mirror-deletes", description = "let deletions travel too; of a file, the plan says that")
    private boolean mirrorDeletes;

    @Override
    public void run(Session session) throws IOException {
        if (file == null) {
            SyncRun run = new SyncRun(session, Direction.BOTH, mirrorDeletes);
            run.carryOut(run.plan(List.of()), "synchronizing with");
            return;
        }
        if (mirrorDeletes) {
            throw new UsageException(
                    "a plan from a file says itself whether deletions travel",
                    "leave --mirror-deletes out, or give it to 'coffer sync plan'");
        }
        PlanFile plan = read(session, file);
        SyncRun run = new SyncRun(session, plan.direction(), plan.mirrorDeletes());
        Sync sync = session.store().sync();
        SyncTarget target = sync.target(plan);
        List<String> wheres = new ArrayList<>();
        SyncRun.describe("here", plan.deletedHere()).ifPresent(wheres::add);
        SyncRun.describe("on " + target.name(), plan.deletedThere()).ifPresent(wheres::add);
        if (!wheres.isEmpty()) {
            session.confirm("delete " + String.join(", and ", wheres) + "?");
        }
        run.print(List.of(run.attempt(target, Optional.empty(), () -> {
            try (ProgressLine progress = session.progress("synchronizing with " + target.name())) {
                return sync.apply(plan, progress);
            }
        })));
    }

    private static PlanFile read(Session session, String file) {
        byte[] bytes = file.equals(STDIN)
                ? InputBytes.ofStdin(session.terminal().in(), MAX_PLAN)
                : InputBytes.ofFile(InputBytes.path(file), "the plan", MAX_PLAN);
        return PlanFile.parse(new String(bytes, StandardCharsets.UTF_8));
    }
}
