package dev.coffer.component;

import dev.coffer.component.ExtensionException.Reason;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;

/** Finds and makes the classes of extensions, and says which of the many ways to fail it was. */
public final class ExtensionClasses {
    private ExtensionClasses() {}

    /**
     * A class by its name, not yet initialized.
     *
     * @throws ExtensionException if there is no such class, it is broken, or a class that it needs is missing
     */
    public static Class<?> find(ClassLoader loader, String className) {
        try {
            return Class.forName(className, false, loader);
        } catch (ClassNotFoundException e) {
            throw unfit("there is no class " + className, "check the spelling, and that the jar holds the class", e);
        } catch (LinkageError e) {
            throw broken(className, e);
        } catch (SecurityException e) { // the JVM lets nobody else define classes in java.*
            throw unfit("the class " + className + " is in a package of Java's own", "give it another package", e);
        }
    }

    /**
     * A new object of an extension's class, which needs a public constructor without parameters.
     *
     * @throws ExtensionException if the class cannot be found, is of another type, is abstract or not public, has no
     *     such constructor, or fails in it
     */
    public static <T> T create(ClassLoader loader, String className, Class<T> type) {
        Class<?> found = find(loader, className);
        String wanted = type.getName();
        if (!type.isAssignableFrom(found)) {
            throw unfit("the class " + className + " is no " + wanted, "name a class that implements " + wanted, null);
        }
        if (found.isInterface() || Modifier.isAbstract(found.getModifiers())) {
            throw unfit("the class " + className + " is abstract", "name a class that can be constructed", null);
        }
        if (!Modifier.isPublic(found.getModifiers())) {
            throw unfit("the class " + className + " is not public", "make it public", null);
        }
        try {
            return type.cast(found.getConstructor().newInstance());
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw unfit("the class " + className + " has no public constructor without parameters", "give it one", e);
        } catch (InvocationTargetException e) {
            // Only the kind of failure is told: its text is the extension's own, and may hold anything.
            if (e.getCause() instanceof LinkageError linkage) {
                throw broken(className, linkage);
            }
            throw unfit(
                    "the constructor of " + className + " failed with "
                            + e.getCause().getClass().getName(),
                    "mend the class",
                    e);
        } catch (LinkageError e) {
            throw broken(className, e);
        }
    }

    private static ExtensionException broken(String className, LinkageError error) {
        String message = String.valueOf(error.getMessage());
        if (message.contains("wrong name")) { // the JVM tells it as if a class were missing
            return unfit(
                    "the class " + className + " is another one by what is in its file",
                    "put it into the jar under its own name",
                    error);
        }
        if (error instanceof NoClassDefFoundError && error.getMessage() != null) {
            return unfit(
                    "the class " + className + " needs " + message.replace('/', '.') + ", which cannot be found",
                    "build a jar that holds what the class needs",
                    error);
        }
        return unfit(
                "the class " + className + " is broken: " + error.getClass().getSimpleName(),
                "build it again, for Java 17",
                error);
    }

    private static ExtensionException unfit(String message, String hint, Throwable cause) {
        return new ExtensionException(Reason.UNFIT, message, hint, cause);
    }
}
