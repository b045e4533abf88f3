package dev.coffer.cli;

import dev.coffer.schema.CustomSchemas;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.vault.Vault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer schema register}. */
@picocli.CommandLine.Command(
        name = "register",
        description = "Add a type of your own, or replace it.",
        customSynopsis = "coffer schema register FILE|CLASS [--jar JAR] [--replace]",
        footer = {
            "",
            "FILE is a JSON Schema (draft 2020-12) of the type \"object\", whose \"properties\" are texts: with",
            "description, format, pattern, enum, const, minLength, maxLength and default. Keys that are not",
            "among them are refused, unless \"additionalProperties\" is true. \"x-secret\": false lets a value",
            "be seen while it is typed.",
            "The TYPE is \"x-type\", else \"title\" if that can be a type, else the name of the file.",
            "CLASS is a record that is annotated with @dev.coffer.secrets.SchemaType, of which each component",
            "is a SecretValue. Its jar is copied and pinned by its SHA-256; without --jar the class is one of",
            "the class path.",
            "",
            "Example:",
            "  coffer schema register warehouse.json",
            "  coffer schema register com.acme.WarehouseLogin --jar acme-schemas.jar"
        })
final class SchemaRegister implements Command {
    private static final Pattern CLASS_NAME =
            Pattern.compile("(?:[\\p{L}_$][\\p{L}\\p{N}_$]*\\.)+[\\p{L}_$][\\p{L}\\p{N}_$]*");

    @Parameters(paramLabel = "FILE|CLASS", description = "the JSON Schema, or the record class")
    private String word = "";

    @Option(names = "--jar", paramLabel = "JAR", description = "the jar that holds the class")
    private @Nullable String jar;

    @Option(names = "--replace", description = "take the place of the schema of that type; secrets stay as they are")
    private boolean replace;

    @Override
    public void run(Session session) throws IOException {
        CustomSchemas.Draft fromFile = isClass() ? null : fromFile(); // a wrong file makes no store
        session.secrets(); // makes a missing store
        Vault vault = session.store().vault();
        CustomSchemas schemas = new CustomSchemas(vault, vault.extensions());
        CustomSchemas.Draft draft =
                fromFile != null ? fromFile : CustomSchemas.readClass(word, jar == null ? null : InputBytes.path(jar));
        String type = draft.schema().type();
        boolean there = schemas.isRegistered(type);
        if (there && !replace) {
            throw CustomSchemas.exists(type);
        }
        int outgrown = there ? SchemaUsers.count(session, type, secret -> !draft.fits(secret)) : 0;
        if (outgrown > 0) {
            session.confirm(Messages.count(outgrown, "secret") + " of the type " + type
                    + " will not fit it any more, and can still be read; replace the schema?");
        }
        schemas.register(draft, replace);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("type", type);
                json.writeBooleanField("replaced", there);
                json.writeNumberField("outgrown", outgrown);
                json.writeEndObject();
            });
        } else {
            session.messages().done((there ? "replaced" : "registered") + " the schema " + type);
        }
    }

    private boolean isClass() {
        return jar != null
                || (CLASS_NAME.matcher(word).matches() && !word.endsWith(".json") && !Files.exists(Path.of(word)));
    }

    private CustomSchemas.Draft fromFile() {
        Path path = InputBytes.path(word);
        Path fileName = path.getFileName();
        return CustomSchemas.read(text(path), fileName == null ? word : fileName.toString());
    }

    private static String text(Path path) {
        String name = "the file " + Printable.text(path.toString());
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(InputBytes.ofFile(path, name, CustomSchemas.MAX_BYTES)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidException(name + " is not valid UTF-8 text", null, "save it as UTF-8");
        }
    }
}
