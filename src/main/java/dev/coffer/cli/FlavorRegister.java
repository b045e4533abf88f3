package dev.coffer.cli;

import dev.coffer.flavor.RegisteredFlavor;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer secrets-manager flavor register}. */
@picocli.CommandLine.Command(
        name = "register",
        description = "Add a flavor of your own, or replace it.",
        customSynopsis = "coffer secrets-manager flavor register CLASS [--jar FILE] [--replace]",
        footer = {
            "",
            "CLASS implements dev.coffer.secrets.SecretsManagerFlavor and has a public constructor without",
            "parameters. Its code runs with your rights and sees your secrets: register only what you trust.",
            "The jar is copied beside the store and pinned by its SHA-256. Backups do not carry it.",
            "",
            "Example:",
            "  coffer secrets-manager flavor register com.example.SharedFolder --jar shared-folder.jar"
        })
final class FlavorRegister implements Command {
    @Parameters(paramLabel = "CLASS", description = "the class, with its package")
    private String className = "";

    @Option(names = "--jar", paramLabel = "FILE", description = "the jar with the class and all that it needs")
    private @Nullable String jar;

    @Option(names = "--replace", description = "take the place of the registered flavor of the same name")
    private boolean replace;

    @Override
    public void run(Session session) throws IOException {
        RegisteredFlavor flavor = session.coffer()
                .flavors()
                .register(className, Optional.ofNullable(jar).map(InputBytes::path), replace);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("name", flavor.name());
                json.writeStringField("class", flavor.className());
                Json.text(json, "sha256", flavor.jar().orElse(null));
                json.writeEndObject();
            });
        } else {
            session.messages().done("registered the flavor " + flavor.name());
        }
    }
}
