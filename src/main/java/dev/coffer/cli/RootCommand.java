package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import java.io.IOException;
import picocli.CommandLine.Option;

/** {@code coffer} itself. */
@picocli.CommandLine.Command(
        name = "coffer",
        description = "An encrypted, local-first secrets store.",
        commandListHeading = "",
        customSynopsis = "coffer COMMAND …",
        footer = {
            "",
            "Example:",
            "  coffer secret register prod/db --schema basic_auth --username=app --password",
            "  coffer secret get prod/db --key password",
            "",
            "'coffer COMMAND --help' tells more about a command."
        })
final class RootCommand implements Command {
    @Option(names = "--exit-codes", order = 0, description = "list the exit codes and what they mean")
    private boolean exitCodes;

    @Override
    public void run(Session session) throws IOException {
        if (!exitCodes) {
            throw new CommandMissingException();
        }
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (ExitCode code : ExitCode.values()) {
                    json.writeStartObject();
                    json.writeNumberField("code", code.number());
                    json.writeStringField("meaning", code.meaning());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("CODE", "MEANING");
        for (ExitCode code : ExitCode.values()) {
            table.row(code.number(), code.meaning());
        }
        session.print(table);
    }
}
