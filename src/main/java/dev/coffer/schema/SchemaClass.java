package dev.coffer.schema;

import dev.coffer.component.ExtensionClasses;
import dev.coffer.component.ExtensionException;
import dev.coffer.component.ExtensionJar;
import dev.coffer.component.ExtensionJars;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.StoreFileException;
import java.lang.annotation.AnnotationFormatError;
import java.lang.annotation.AnnotationTypeMismatchException;
import java.lang.annotation.IncompleteAnnotationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Schemas that are record classes which users bring along. No code of theirs runs: the class is only looked at. */
final class SchemaClass {
    private SchemaClass() {}

    /**
     * The schema that a class is.
     *
     * @param jar the SHA-256 of the jar that holds it; null for a class of the class path
     */
    static Template template(String className, @Nullable String jar, ExtensionJars jars) {
        return template(className, () -> jar == null ? SchemaClass.class.getClassLoader() : jars.load(jar));
    }

    /** The schema that a class of a jar is which is not registered yet; null for a class of the class path. */
    static Template template(String className, @Nullable ExtensionJar jar) {
        return template(className, () -> jar == null ? SchemaClass.class.getClassLoader() : jar.classes());
    }

    private static Template template(String className, Supplier<ClassLoader> classes) {
        return mapped(() -> {
            ClassLoader loader = classes.get();
            Class<?> found = ExtensionClasses.find(loader, className);
            try {
                if (!found.isRecord()) {
                    throw new InvalidException(
                            "the class " + className + " is not a record",
                            className,
                            "a schema is a record that is annotated with @" + SchemaType.class.getName());
                }
                return Template.of(found.asSubclass(Record.class));
            } catch (AnnotationTypeMismatchException | IncompleteAnnotationException | AnnotationFormatError e) {
                throw new InvalidException(
                        "the class " + className + " has an annotation that is not as coffer's is",
                        className,
                        "build it again, with this coffer",
                        e);
            } catch (LinkageError | TypeNotPresentException e) {
                throw new InvalidException(
                        "the class " + className + " needs a class that cannot be found, or is broken",
                        className,
                        "build a jar for Java 17 that holds what the class needs",
                        e);
            }
        });
    }

    /** Runs work on jars, and tells its troubles as those of a schema. */
    static <T> T mapped(Supplier<T> work) {
        try {
            return work.get();
        } catch (ExtensionException e) {
            throw mapped(e);
        }
    }

    private static CofferException mapped(ExtensionException e) {
        String sentence = String.valueOf(e.getMessage());
        return switch (e.reason()) {
            case CHANGED -> new IntegrityException(sentence, null, e.hint());
            case FILE -> new StoreFileException(sentence, null, e.hint(), e);
            case MISSING, UNFIT -> new InvalidException(sentence, null, e.hint(), e);
        };
    }
}
