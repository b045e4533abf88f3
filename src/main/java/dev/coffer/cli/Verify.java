package dev.coffer.cli;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.vault.Finding;
import dev.coffer.vault.VerifyReport;
import java.io.IOException;
import java.util.Locale;

/** {@code coffer verify}. */
@picocli.CommandLine.Command(
        name = "verify",
        description = "Check the whole store and name everything that is not as coffer wrote it.",
        customSynopsis = "coffer verify",
        footer = {"", "Exits with 6 if something is wrong.", "", "Example:", "  coffer verify"})
final class Verify implements Command {
    @Override
    public void run(Session session) throws IOException {
        VerifyReport report;
        try (ProgressLine progress = session.progress("verifying")) {
            report = session.store().vault().verify(progress);
        }
        if (session.json()) {
            print(session, report);
        } else if (report.sound()) {
            session.messages()
                    .done("the store is sound: " + Messages.count(report.secrets(), "secret") + ", "
                            + Messages.count(report.versions(), "version") + ", "
                            + Messages.count(report.records(), "record") + ", "
                            + Messages.count(report.logRows(), "change"));
        } else {
            Table table = new Table("KIND", "SUBJECT", "FINDING");
            report.findings().forEach(found -> table.row(kind(found), found.subject(), found.sentence()));
            session.print(table);
        }
        if (!report.sound()) {
            int count = report.findings().size();
            String store = session.location().database().toString();
            throw new IntegrityException(
                    "the store " + store + " is not sound: " + Messages.count(count, "finding"),
                    store,
                    "'coffer restore' brings a backup back; what is not named here can still be read");
        }
    }

    private static String kind(Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void print(Session session, VerifyReport report) throws IOException {
        session.print(json -> {
            json.writeStartObject();
            json.writeBooleanField("sound", report.sound());
            json.writeNumberField("secrets", report.secrets());
            json.writeNumberField("versions", report.versions());
            json.writeNumberField("records", report.records());
            json.writeNumberField("logRows", report.logRows());
            json.writeArrayFieldStart("findings");
            for (Finding finding : report.findings()) {
                json.writeStartObject();
                json.writeStringField("kind", kind(finding));
                json.writeStringField("subject", finding.subject());
                json.writeStringField("sentence", finding.sentence());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
