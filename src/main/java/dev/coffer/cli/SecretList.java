package dev.coffer.cli;

import dev.coffer.secrets.NamePattern;
import dev.coffer.secrets.SecretSummary;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Parameters;

/** {@code coffer secret list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List secrets, never values.",
        customSynopsis = "coffer secret list [PATTERN]",
        footer = {"", "Example:", "  coffer secret list 'prod/*'"})
final class SecretList implements Command {
    @Parameters(
            arity = "0..1",
            paramLabel = "PATTERN",
            description = "names to list; * stands for any characters, ? for one")
    private String pattern = "*";

    @Override
    public void run(Session session) throws IOException {
        Predicate<String> matches = NamePattern.of(pattern);
        List<SecretSummary> found = session.secrets().listSecrets().stream()
                .filter(summary -> matches.test(summary.name().value()))
                .toList();
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (SecretSummary summary : found) {
                    json.writeStartObject();
                    json.writeStringField("name", summary.name().value());
                    json.writeStringField("schema", summary.schemaType());
                    Json.version(json, summary.version());
                    Json.time(json, "created", summary.created());
                    Json.time(json, "updated", summary.updated());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        } else if (found.isEmpty()) {
            session.messages().done(pattern.equals("*") ? "there are no secrets" : "no secret matches the pattern");
        } else {
            Table table = new Table("NAME", "SCHEMA", "VERSION", "UPDATED");
            for (SecretSummary summary : found) {
                Instant updated = summary.updated();
                table.row(
                        summary.name(),
                        summary.schemaType(),
                        summary.version(),
                        updated == null ? null : Json.time(updated));
            }
            session.print(table);
        }
    }
}
