package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import dev.coffer.sync.Item;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncStatus;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** {@code coffer sync status}. */
@picocli.CommandLine.Command(
        name = "status",
        description = "Say how secrets stand with the targets, without asking these.",
        customSynopsis = "coffer sync status [MANAGER…]",
        footer = {
            "",
            "Answers from what was seen of a target the last time, and says how old that is: no network is used.",
            "Secrets on which both sides agree are counted and not listed. Exits with 6 if a target was tampered",
            "with.",
            "",
            "Example:",
            "  coffer sync status team"
        })
final class SyncStatusCommand implements Command {
    @Parameters(arity = "0..*", paramLabel = "MANAGER", description = "the targets; else all")
    private List<String> names = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        Sync sync = session.store().sync();
        Instant now = session.options().clock().instant();
        List<SyncStatus> all = new ArrayList<>();
        for (SyncTarget target : SyncTargets.named(sync, names)) {
            all.add(sync.status(target));
        }
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (SyncStatus status : all) {
                    SyncText.write(json, status);
                }
                json.writeEndArray();
            });
        } else {
            SyncText.Rows rows = new SyncText.Rows();
            all.forEach(status -> rows.add(status.plan()));
            rows.print(session);
            if (all.isEmpty()) {
                session.messages().done(SyncText.NO_TARGET);
            }
            for (SyncStatus status : all) {
                tell(session, status, now);
            }
        }
        requireTrusted(all);
    }

    private static void tell(Session session, SyncStatus status, Instant now) {
        SyncTarget target = status.target();
        session.messages()
                .done(target.name()
                        + (status.observedAt() == null
                                ? ", never looked at: "
                                : ", looked at " + SyncText.age(status.observedAt(), now) + " ago: ")
                        + SyncText.counts(status.plan()));
        if (status.openWrites() > 0) {
            session.messages()
                    .warn("of " + Messages.count(status.openWrites(), "write") + " to " + target.name()
                            + " the outcome is not known; the next synchronization finds out");
        }
        if (status.unreachableSince() != null) {
            session.messages()
                    .warn(target.name() + " is out of reach, for " + SyncText.age(status.unreachableSince(), now) + ": "
                            + status.trouble());
        } else if (status.trouble() != null) {
            session.messages().warn("the last look at " + target.name() + " failed: " + status.trouble());
        }
        if (session.store().components().find(target.componentId()).isEmpty()) {
            session.messages().warn(SyncText.gone(target));
        }
    }

    private static void requireTrusted(List<SyncStatus> all) {
        SyncTroubles troubles = new SyncTroubles();
        for (SyncStatus status : all) {
            status.plan().items().stream()
                    .filter(Item::alarm)
                    .forEach(
                            item -> troubles.add(ExitCode.INTEGRITY, item.name().value(), SyncTroubles.ALARM));
        }
        troubles.failIfAny("the last look at the targets found");
    }
}
