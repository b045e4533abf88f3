package dev.coffer.vault;

import static dev.coffer.component.ComponentType.SECRETS_MANAGER;

import dev.coffer.Coffer;
import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.flavor.Flavors;
import dev.coffer.flavor.RegisteredFlavor;
import dev.coffer.schema.CustomSchemas;
import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.stack.Stack;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** What golden stores hold besides secrets: stacks, components, and schemas and flavors of somebody's own. */
final class GoldenStacks {
    private static final ComponentType STORE = new ComponentType("artifact-store");
    private static final ComponentType ORCHESTRATOR = new ComponentType("orchestrator");

    private static final String FLAVOR = "package golden; import dev.coffer.component.*; import dev.coffer.secrets.*;"
            + " import java.util.*; public class Attic implements SecretsManagerFlavor {"
            + " public String name() { return \"attic\"; }"
            + " public String description() { return \"keeps secrets under the roof\"; }"
            + " public List<AttributeDeclaration> attributes() { return List.of("
            + "new AttributeDeclaration(\"box\", AttributeDeclaration.Kind.TEXT, true, Optional.empty(), \"which\", true),"
            + "new AttributeDeclaration(\"floor\", AttributeDeclaration.Kind.NUMBER, false, Optional.of(\"3\"), \"up\","
            + " false)); }"
            + " public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas)"
            + " { throw new UnsupportedOperationException(); } }";
    private static final String SCHEMA = "package golden; import dev.coffer.secrets.*;"
            + " @SchemaType(value = \"door\", description = \"opens a door\")"
            + " public record Door(SecretValue code, @org.jspecify.annotations.Nullable SecretValue floor) {}";
    private static final String JSON_SCHEMA = """
            {"type": "object", "description": "login at the warehouse", "properties": {
              "host": {"format": "hostname", "description": "where it runs", "x-secret": false},
              "port": {"type": "integer", "default": 5439},
              "token": {"pattern": "^wh_[a-z0-9]+$", "description": "from the admin page"}},
             "required": ["host", "token"]}
            """;

    private GoldenStacks() {}

    /** Fills a store; the stack {@code staging} is active afterwards. */
    static void fill(Coffer coffer, Path scratch) throws IOException {
        Path jar = jar(scratch);
        CustomSchemas schemas = new CustomSchemas(coffer.vault(), coffer.vault().extensions());
        schemas.register(CustomSchemas.read(JSON_SCHEMA, "warehouse.json"), false);
        schemas.register(
                CustomSchemas.read(
                        "{\"type\": \"object\", \"title\": \"gone\", \"properties\": {\"a\": {}}}", "g.json"),
                false);
        schemas.register(CustomSchemas.readClass("golden.Door", jar), false);
        coffer.flavors().register("golden.Attic", Optional.of(jar), false);

        coffer.secrets().registerSecret(secret("attic", "door", "code", "1234"));
        coffer.components()
                .register(SECRETS_MANAGER, "crew", "local", Map.of("scope", "namespace", "namespace", "a-b"));
        coffer.components().rename(SECRETS_MANAGER, "crew", "team");
        coffer.components().register(SECRETS_MANAGER, "roof", "attic", Map.of("box", "{{attic.code}}", "floor", "4"));
        coffer.components().register(SECRETS_MANAGER, "own", "local", Map.of());
        coffer.secretsManager("own").registerSecret(secret("mine", Secret.ARBITRARY, "k", "own"));
        coffer.components()
                .register(STORE, "bucket", "s3", Map.of("url", "s3://{{s3.user}}@b", "text", "ü\n\\{{ \"$'🔑"));
        coffer.components().update(STORE, "bucket", Map.of("region", "eu"), Set.of());
        coffer.components().copy(STORE, "bucket", "bucket-2");
        coffer.components().register(ORCHESTRATOR, "air", "airflow", Map.of("key", "{{prod/warehouse[token]}}"));
        coffer.components().register(ORCHESTRATOR, "dust", "airflow", Map.of());

        coffer.stacks().register("first", Map.of(SECRETS_MANAGER, "team", STORE, "bucket", ORCHESTRATOR, "air"));
        coffer.stacks().rename("first", "staging");
        coffer.stacks().register("attic", Map.of(SECRETS_MANAGER, "roof", ORCHESTRATOR, "dust"));
        coffer.stacks().copy("staging", "twin");
        coffer.stacks().update("twin", Map.of(STORE, "bucket-2"), Set.of(ORCHESTRATOR));
        coffer.stacks().copy("twin", "gone");
        coffer.stacks().setActive("staging");
        coffer.stacks().delete("gone");
        coffer.delete(coffer.deletion(ORCHESTRATOR, "dust"));
        schemas.delete("gone");

        coffer.secrets().registerSecret(secret("prod/warehouse", "warehouse", "host", "wh.test", "token", "wh_1"));
        coffer.secrets().registerSecret(secret("s3", Secret.ARBITRARY, "user", "ada"));
    }

    private static Secret secret(String name, String type, String... keysAndValues) {
        Map<String, SecretValue> content = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(SecretName.of(name), type, content);
    }

    private static Path jar(Path scratch) throws IOException {
        Path classes = Files.createDirectories(scratch.resolve("classes"));
        String coffer = Path.of(URI.create(Flavor.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
        String jspecify = Path.of(URI.create(org.jspecify.annotations.Nullable.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
        List<String> options = List.of(
                "--release",
                "17",
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                coffer + System.getProperty("path.separator") + jspecify);
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, options, null, List.of(source("Attic", FLAVOR), source("Door", SCHEMA)))
                .call();
        if (!compiled) {
            throw new IllegalStateException("the classes of the golden stores cannot be compiled");
        }
        Path jar = scratch.resolve("golden.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (String name : List.of("golden/Attic.class", "golden/Door.class")) {
                out.putNextEntry(new JarEntry(name));
                out.write(Files.readAllBytes(classes.resolve(name)));
            }
        }
        return jar;
    }

    private static JavaFileObject source(String name, String text) {
        return new SimpleJavaFileObject(URI.create("string:///golden/" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    /** What a user could see of it, a line each; nothing of a store that has no stacks of its own. */
    static List<String> describe(Coffer coffer) {
        List<String> lines = new ArrayList<>();
        if (coffer.vault().listRecords("stack").isEmpty()) {
            return lines;
        }
        for (Stack stack : coffer.stacks().list()) {
            lines.add("stack " + stack.name() + " " + stack.id()
                    + (coffer.stacks().isActive(stack) ? ", the active one" : ""));
            coffer.stacks()
                    .componentsOf(stack)
                    .forEach((type, component) -> lines.add("  " + type + " " + component.name()));
        }
        for (ComponentDefinition component : coffer.components().list()) {
            lines.add("component " + component.type() + " " + component.name() + " " + component.flavor() + " "
                    + component.id());
            component.attributes().forEach((name, text) -> lines.add("  " + name + " = " + Printable.text(text)));
        }
        describeFlavors(coffer, lines);
        describeSchemas(coffer, lines);
        for (ComponentDefinition manager : coffer.components().list(SECRETS_MANAGER)) {
            if (manager.flavor().equals("local")) {
                describeSecrets(coffer, manager.name(), lines);
            }
        }
        lines.add("resolved "
                + Printable.text(coffer.resolve(coffer.components().require(STORE, "bucket"))
                        .attributes()
                        .toString()));
        lines.add("box "
                + coffer.resolve(coffer.components().require(SECRETS_MANAGER, "roof"))
                        .attributes());
        return lines;
    }

    /** With what the class in the jar says. */
    private static void describeFlavors(Coffer coffer, List<String> lines) {
        for (Flavors.Entry entry : coffer.flavors().entries(SECRETS_MANAGER)) {
            if (entry.source() == Flavors.Source.REGISTERED) {
                RegisteredFlavor registered = coffer.flavors()
                        .registration(SECRETS_MANAGER, entry.name())
                        .orElseThrow();
                lines.add("flavor " + entry.name() + ": " + entry.description() + ", " + registered.className() + ", "
                        + registered.jar().orElse("no jar"));
                for (AttributeDeclaration attribute : coffer.flavors()
                        .find(SECRETS_MANAGER, entry.name())
                        .orElseThrow()
                        .attributes()) {
                    lines.add("  " + attribute.name() + ", " + attribute.kind() + ", required " + attribute.required()
                            + ", default " + attribute.defaultValue().orElse("-") + ", sensitive "
                            + attribute.sensitive() + ": " + attribute.description());
                }
            }
        }
    }

    private static void describeSchemas(Coffer coffer, List<String> lines) {
        CustomSchemas custom = new CustomSchemas(coffer.vault(), coffer.vault().extensions());
        for (SecretSchema schema : coffer.vault().schemas().list()) {
            if (custom.isRegistered(schema.type())) {
                lines.add("schema " + schema.type() + ": " + schema.description() + ", any keys " + schema.anyKeys());
                schema.keys()
                        .forEach(key -> lines.add("  " + key.name() + ", required " + key.required() + ", default "
                                + key.defaultValue().orElse("-") + ", visible " + key.visible() + ": "
                                + key.description()));
            }
        }
    }

    private static void describeSecrets(Coffer coffer, String manager, List<String> lines) {
        for (SecretName name : coffer.secretsManager(manager).getAllSecretKeys()) {
            try (Secret secret = coffer.secretsManager(manager).getSecret(name)) {
                lines.add("secret of " + manager + ": " + name + ", " + secret.schemaType() + ", "
                        + secret.content().keySet());
            }
        }
    }
}
