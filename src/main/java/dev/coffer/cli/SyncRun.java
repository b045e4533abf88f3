package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Item;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.Plan;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Looks at targets, asks if anything would be deleted, and carries out what was planned. One target that cannot be used
 * does not keep the others from it.
 */
final class SyncRun {
    private static final int MOST_NAMES = 10;

    private final Session session;
    private final Sync sync;
    private final Direction direction;
    private final boolean mirrorDeletes;
    private final SyncTroubles troubles = new SyncTroubles();

    SyncRun(Session session, Direction direction, boolean mirrorDeletes) {
        this.session = session;
        this.sync = session.store().sync();
        this.direction = direction;
        this.mirrorDeletes = mirrorDeletes;
    }

    SyncTroubles troubles() {
        return troubles;
    }

    /** Plans for those that are named, or for all that this is for and that do not rest. */
    List<SyncReport> plan(List<String> names) {
        List<SyncReport> reports = new ArrayList<>();
        for (SyncTarget target : SyncTargets.some(sync, names)) {
            if (!names.isEmpty() || (isFor(target) && !rests(target, reports))) {
                reports.add(plan(target));
            }
        }
        return reports;
    }

    private boolean isFor(SyncTarget target) {
        boolean one =
                direction == Direction.BOTH || target.direction() == Direction.BOTH || target.direction() == direction;
        if (!one) {
            session.messages()
                    .warn(target.name() + " is left out: it is a target to "
                            + target.direction().text() + " alone");
        }
        return one;
    }

    private boolean rests(SyncTarget target, List<SyncReport> reports) {
        if (!sync.isResting(target)) {
            return false;
        }
        RemoteException error = new RemoteException(
                target.name() + " could not be used a moment ago and was not tried again",
                target.name(),
                "name it to try it all the same");
        reports.add(failed(target, Optional.empty(), error));
        return true;
    }

    private SyncReport plan(SyncTarget target) {
        try {
            Plan plan = sync.plan(target, direction, mirrorDeletes);
            plan.violations().forEach(troubles::add);
            return SyncReport.planned(plan);
        } catch (CofferException e) {
            return failed(target, Optional.empty(), e);
        }
    }

    private SyncReport failed(SyncTarget target, Optional<Plan> plan, CofferException error) {
        troubles.add(target, error);
        return SyncReport.failed(target, plan.orElse(null), error);
    }

    /** Does all of it, prints what became of it, and fails if anything is left that should have been done. */
    void carryOut(List<SyncReport> planned, String activity) throws IOException {
        confirmDeletions(planned);
        List<SyncReport> done = new ArrayList<>();
        for (SyncReport report : planned) {
            Plan plan = report.plan();
            done.add(
                    plan == null || !plan.violations().isEmpty()
                            ? report
                            : attempt(report.target(), Optional.of(plan), () -> {
                                try (ProgressLine progress = session.progress(
                                        activity + " " + plan.target().name())) {
                                    return sync.synchronize(plan, progress);
                                }
                            }));
        }
        print(done);
    }

    /** Something that has an outcome for each secret. */
    interface Work {
        List<Outcome> run();
    }

    SyncReport attempt(SyncTarget target, Optional<Plan> plan, Work work) {
        try {
            List<Outcome> outcomes = work.run();
            outcomes.forEach(troubles::add);
            return new SyncReport(target, plan.orElse(null), outcomes, null);
        } catch (CofferException e) {
            return failed(target, plan, e);
        }
    }

    private void confirmDeletions(List<SyncReport> planned) {
        List<String> wheres = new ArrayList<>();
        for (SyncReport report : planned) {
            Plan plan = report.plan();
            if (plan != null && plan.violations().isEmpty()) {
                describe("here", names(plan, item -> item.localStep() == LocalStep.DELETE))
                        .ifPresent(wheres::add);
                describe("on " + plan.target().name(), names(plan, item -> item.remoteStep() == RemoteStep.DELETE))
                        .ifPresent(wheres::add);
            }
        }
        if (!wheres.isEmpty()) {
            session.confirm("delete " + String.join(", and ", wheres) + "?");
        }
    }

    private static List<String> names(Plan plan, Predicate<Item> which) {
        return plan.items().stream()
                .filter(which)
                .map(Item::name)
                .map(SecretName::value)
                .toList();
    }

    /** {@code prod/db, prod/queue on team}. */
    static Optional<String> describe(String where, List<String> names) {
        if (names.isEmpty()) {
            return Optional.empty();
        }
        String more = names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "";
        return Optional.of(names.stream().limit(MOST_NAMES).collect(Collectors.joining(", ")) + more + " " + where);
    }

    void print(List<SyncReport> reports) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (SyncReport report : reports) {
                    SyncText.write(json, report);
                }
                json.writeEndArray();
            });
        } else {
            SyncText.Rows rows = SyncText.Rows.ofResults();
            for (SyncReport report : reports) {
                Plan plan = report.plan();
                if (plan != null && !plan.violations().isEmpty()) {
                    rows.addViolations(plan);
                }
                report.outcomes().forEach(outcome -> rows.add(report.target(), outcome, direction));
            }
            rows.print(session);
            reports.stream()
                    .filter(report -> report.error() == null
                            && (report.plan() == null
                                    || report.plan().violations().isEmpty()))
                    .forEach(report -> session.messages()
                            .done(report.target().name() + ": " + SyncText.results(report, direction)));
        }
        tellErrors(reports);
        troubles.failIfAny("not everything is done:");
    }

    /** Why single targets could not be used, unless the end of the command says that. */
    void tellErrors(List<SyncReport> reports) {
        if (!troubles.isAlone()) {
            for (SyncReport report : reports) {
                CofferException error = report.error();
                if (error != null) {
                    session.messages()
                            .warn(report.target().name() + ": " + error.getMessage()
                                    + error.hint().map(hint -> "; " + hint).orElse(""));
                }
            }
        }
    }
}
