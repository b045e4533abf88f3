package dev.coffer.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ExtensionJar;
import dev.coffer.component.ExtensionJars;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.StoredRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Record classes of users as schemas: what fits is read, and each way not to fit is told apart. */
class SchemaClassTest {
    private static final String SECRETS = "dev.coffer.secrets.";
    private static final String GOOD = "@" + SECRETS + "SchemaType(value = \"my_login\", description = \"d\")"
            + " public record My(" + SECRETS + "SecretValue user, " + SECRETS + "SecretValue apiKey) {}";

    @TempDir
    Path temp;

    private ExtensionJars jars;

    @BeforeEach
    void setUp() {
        jars = new ExtensionJars(temp.resolve("extensions"));
    }

    /** A jar of the classes of a source, without those named. */
    private Path jar(String source, String... without) throws IOException {
        return jar(List.of(file("My", source)), without);
    }

    private static JavaFileObject file(String name, String source) {
        return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }

    private Path jar(List<JavaFileObject> sources, String... without) throws IOException {
        Path classes = Files.createTempDirectory(temp, "classes");
        List<String> options =
                List.of("-d", classes.toString(), "-proc:none", "-classpath", System.getProperty("java.class.path"));
        assertTrue(ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, options, null, sources)
                .call());
        Path jar = classes.resolve("my.jar");
        try (Stream<Path> files = Files.list(classes);
                OutputStream file = Files.newOutputStream(temp.resolve("my.jar"));
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                String name = one.getFileName().toString();
                if (!List.of(without).contains(name)) {
                    out.putNextEntry(new JarEntry(name));
                    out.write(Files.readAllBytes(one));
                }
            }
        }
        return Files.move(temp.resolve("my.jar"), jar);
    }

    private void assertRefused(ExitCode code, String word, String source, String... without) throws IOException {
        Path jar = jar(source, without);
        CofferException e = assertThrows(CofferException.class, () -> CustomSchemas.readClass("My", jar));
        assertEquals(code, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(word), e.getMessage());
    }

    @Test
    void aRecordOfAJarIsASchema_alsoWhenItsRecordIsReadAgain() throws IOException {
        Path jar = jar(GOOD);
        CustomSchemas.Draft draft = CustomSchemas.readClass("My", jar);
        jars.add(ExtensionJar.read(jar));
        assertEquals("my_login", draft.schema().type());
        assertEquals(
                List.of("user", "api_key"),
                draft.schema().keys().stream().map(key -> key.name()).toList());

        StoredRecord stored = new StoredRecord("schema", new UUID(0, 1), "my_login", 1, CustomSchemas.body(draft));
        assertEquals(draft.schema(), CustomSchemas.template(stored, jars).schema());
    }

    @Test
    void aJarThatWasChangedOrRemovedIsNotLoaded() throws IOException {
        Path jar = jar(GOOD);
        CustomSchemas.Draft draft = CustomSchemas.readClass("My", jar);
        jars.add(ExtensionJar.read(jar));
        StoredRecord stored = new StoredRecord("schema", new UUID(0, 1), "my_login", 1, CustomSchemas.body(draft));
        Path copy;
        try (Stream<Path> copies = Files.list(temp.resolve("extensions"))) {
            copy = copies.findFirst().orElseThrow();
        }
        Files.write(copy, new byte[] {1});
        assertThrows(IntegrityException.class, () -> CustomSchemas.template(stored, jars));
        Files.delete(copy);
        CofferException e = assertThrows(CofferException.class, () -> CustomSchemas.template(stored, jars));
        assertEquals(ExitCode.INVALID, e.exitCode());
        assertTrue(e.hint().orElse("").contains("--jar"));
    }

    @Test
    void whatIsNoSchemaIsToldApart() throws IOException {
        assertRefused(ExitCode.INVALID, "is not a record", "public class My {}");
        assertRefused(ExitCode.INVALID, "@SchemaType", "public record My(" + SECRETS + "SecretValue user) {}");
        assertRefused(
                ExitCode.INVALID,
                "is not a SecretValue",
                "@" + SECRETS + "SchemaType(\"my\") public record My(String user) {}");
        assertRefused(
                ExitCode.INVALID, "no class My", GOOD.replace(" My(", " Other(").replace("public ", ""));
        assertRefused(
                ExitCode.INVALID,
                "cannot be found",
                "@" + SECRETS + "SchemaType(\"my\") public record My(Gone user) {} class Gone {}",
                "Gone.class");
        assertRefused(ExitCode.ALREADY_EXISTS, "aws", GOOD.replace("my_login", "aws"));
    }

    /** Built against a coffer whose annotation was another one. */
    @Test
    void anAnnotationThatDoesNotFit_isToldSo() throws IOException {
        JavaFileObject my =
                file("My", "@" + SECRETS + "SchemaType(5) public record My(" + SECRETS + "SecretValue user) {}");
        JavaFileObject type = file(
                SECRETS.replace('.', '/') + "SchemaType",
                "package dev.coffer.secrets; import java.lang.annotation.*;"
                        + "@Retention(RetentionPolicy.RUNTIME) public @interface SchemaType { int value(); }");
        Path jar = jar(List.of(my, type));
        InvalidException e = assertThrows(InvalidException.class, () -> CustomSchemas.readClass("My", jar));
        assertTrue(e.getMessage().contains("annotation"), e.getMessage());
    }

    @Test
    void aClassOfTheClassPathNeedsNoJar() {
        assertThrows(RecordExistsException.class, () -> CustomSchemas.readClass(Aws.class.getName(), null));
    }
}
