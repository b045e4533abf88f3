package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.InvalidException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a flavor that somebody else wrote for what it declares, once, and refuses what coffer could not work with later.
 * Of what its code throws only the class is told: the text may hold anything.
 */
record FlavorInspection(ComponentType type, String name, String description) {
    private static final Pattern NAME = Pattern.compile("[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

    static FlavorInspection of(Flavor flavor) {
        String name = ask(flavor, "name", Flavor::name);
        if (!NAME.matcher(name).matches()) {
            throw unfit(flavor, "has a name that is not kebab-case of 1 to 63 characters, like my-flavor");
        }
        checkAttributes(flavor, ask(flavor, "attributes", FlavorInspection::attributes));
        return new FlavorInspection(
                ask(flavor, "type", Flavor::type), name, ask(flavor, "description", Flavor::description));
    }

    /** Copied, because a list may be code too. */
    private static @Nullable List<@Nullable AttributeDeclaration> attributes(Flavor flavor) {
        List<? extends @Nullable AttributeDeclaration> attributes = flavor.attributes();
        return attributes == null ? null : new ArrayList<>(attributes);
    }

    private static void checkAttributes(Flavor flavor, List<@Nullable AttributeDeclaration> attributes) {
        Set<String> names = new HashSet<>();
        for (@Nullable AttributeDeclaration attribute : attributes) {
            if (attribute == null
                    || anyNull(attribute)
                    || !ATTRIBUTE.matcher(attribute.name()).matches()) {
                throw unfit(flavor, "declares an attribute without a proper name, or with a part that is null");
            }
            if (!names.add(attribute.name())) {
                throw unfit(flavor, "declares the attribute " + attribute.name() + " twice");
            }
        }
    }

    // What the annotations rule out is only a promise, and this code is not from here.
    private static boolean anyNull(AttributeDeclaration attribute) {
        Object[] parts = {attribute.name(), attribute.kind(), attribute.defaultValue(), attribute.description()};
        for (@Nullable Object part : parts) {
            if (part == null) {
                return true;
            }
        }
        return false;
    }

    private static <T> T ask(Flavor flavor, String method, Function<Flavor, @Nullable T> question) {
        T answer;
        try {
            answer = question.apply(flavor);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) { // checked ones can be smuggled
            throw unfit(
                    flavor, "failed in " + method + "() with " + e.getClass().getName());
        }
        if (answer == null) {
            throw unfit(flavor, "returns null from " + method + "()");
        }
        return answer;
    }

    private static InvalidException unfit(Flavor flavor, String what) {
        String className = flavor.getClass().getName();
        return new InvalidException("the flavor class " + className + " " + what, className, "mend the class");
    }
}
