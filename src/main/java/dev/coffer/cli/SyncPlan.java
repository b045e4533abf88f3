package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Item;
import dev.coffer.sync.Plan;
import dev.coffer.sync.PlanFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer sync plan}. */
@picocli.CommandLine.Command(
        name = "plan",
        description = "Look at the targets and say what a synchronization would do.",
        customSynopsis = "coffer sync plan [MANAGER…] [--mirror-deletes] [--direction push|pull|both]",
        footer = {
            "",
            "Changes no secret. With '-o json' it is a plan for 'coffer sync apply', of one target; it holds no",
            "values. Exits with 7 if the target cannot hold a secret, with 6 if it was tampered with.",
            "",
            "Example:",
            "  coffer sync plan team -o json > plan.json"
        })
final class SyncPlan implements Command {
    @Parameters(arity = "0..*", paramLabel = "MANAGER", description = "the targets; else all")
    private List<String> names = new ArrayList<>();

    @Option(names = "--mirror-deletes", description = "let deletions travel too")
    private boolean mirrorDeletes;

    @Option(
            names = "--direction",
            paramLabel = "WAY",
            description = "which way changes travel: push, pull or both (the default)")
    private Direction direction = Direction.BOTH;

    @Override
    public void run(Session session) throws IOException {
        SyncRun run = new SyncRun(session, direction, mirrorDeletes);
        if (session.json() && SyncTargets.some(session.store().sync(), names).size() > 1) {
            throw new UsageException(
                    "a plan as JSON is for one target", "name one: 'coffer sync plan MANAGER -o json'");
        }
        List<SyncReport> reports = run.plan(names);
        List<Plan> plans = new ArrayList<>();
        for (SyncReport report : reports) {
            if (report.plan() != null) {
                plans.add(Objects.requireNonNull(report.plan()));
            }
        }
        if (session.json()) {
            for (Plan plan : plans) {
                session.terminal().out().write((PlanFile.of(plan) + "\n").getBytes(StandardCharsets.UTF_8));
                session.terminal().out().flush();
            }
        } else {
            SyncText.Rows rows = new SyncText.Rows();
            plans.forEach(rows::add);
            rows.print(session);
            plans.forEach(plan -> session.messages().done(plan.target().name() + ": " + SyncText.counts(plan)));
        }
        for (Plan plan : plans) {
            plan.items().stream()
                    .filter(Item::alarm)
                    .forEach(item ->
                            run.troubles().add(ExitCode.INTEGRITY, item.name().value(), SyncTroubles.ALARM));
        }
        run.tellErrors(reports);
        run.troubles().failIfAny("in the way of a synchronization:");
    }
}
