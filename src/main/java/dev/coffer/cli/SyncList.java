package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncStatus;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code coffer sync list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the targets of synchronization.",
        customSynopsis = "coffer sync list",
        footer = {"", "Example:", "  coffer sync list -o json"})
final class SyncList implements Command {
    private record Row(SyncTarget target, Optional<String> flavor, SyncStatus status) {}

    @Override
    public void run(Session session) throws IOException {
        Sync sync = session.store().sync();
        List<Row> rows = new ArrayList<>();
        for (SyncTarget target : sync.targets()) {
            Optional<String> flavor =
                    session.store().components().find(target.componentId()).map(ComponentDefinition::flavor);
            rows.add(new Row(target, flavor, sync.status(target)));
        }
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (Row row : rows) {
                    json.writeStartObject();
                    SyncText.write(json, row.target());
                    Json.text(json, "flavor", row.flavor().orElse(null));
                    Json.time(json, "observed", row.status().observedAt());
                    SyncText.writeCounts(json, row.status().plan());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        if (rows.isEmpty()) {
            session.messages().done(SyncText.NO_TARGET);
            return;
        }
        Table table = new Table("TARGET", "FLAVOR", "DIRECTION", "PREFIX", "ONLY", "ADOPTS", "OBSERVED");
        for (Row row : rows) {
            table.row(
                    row.target().name(),
                    row.flavor().orElse(null),
                    row.target().direction().text(),
                    row.target().prefix(),
                    String.join(" ", row.target().only()),
                    row.target().adopt() ? "yes" : "no",
                    row.status().observedAt() == null
                            ? null
                            : Json.time(row.status().observedAt()));
        }
        session.print(table);
        for (Row row : rows) {
            if (row.flavor().isEmpty()) {
                session.messages().warn(SyncText.gone(row.target()));
            }
        }
    }
}
