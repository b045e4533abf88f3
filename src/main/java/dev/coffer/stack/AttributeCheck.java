package dev.coffer.stack;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds attributes against what their flavor declares. No error shows a value: it may be a credential. */
final class AttributeCheck {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    private AttributeCheck() {}

    /** Attributes of a flavor that nobody declares: only their names are looked at. */
    static Map<String, String> checkNames(Map<String, String> given) {
        for (String name : given.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new InvalidException(
                        Printable.quote(name) + " cannot be the name of an attribute",
                        Printable.text(name),
                        "a name has 1 to 128 letters, digits, '.', '_' and '-'");
            }
        }
        return given;
    }

    /**
     * Checks attributes; defaults are not added.
     *
     * @throws InvalidException naming what is unknown, missing or of another kind
     */
    static Map<String, String> check(Flavor flavor, Map<String, String> given) {
        Map<String, AttributeDeclaration> declared =
                flavor.attributes().stream().collect(Collectors.toMap(AttributeDeclaration::name, Function.identity()));
        given.forEach((name, value) -> {
            AttributeDeclaration attribute = declared.get(name);
            if (attribute == null) {
                throw new InvalidException(
                        "the flavor " + flavor.name() + " has no attribute " + Printable.quote(name),
                        Printable.text(name),
                        declared.isEmpty()
                                ? "it has none at all"
                                : "it has: "
                                        + declared.keySet().stream().sorted().collect(Collectors.joining(", ")));
            }
            // What a reference stands for is known when it is resolved.
            if (!mayHaveReferences(value) && !fits(attribute.kind(), value)) {
                throw misfit("the attribute " + name, attribute, name, null);
            }
        });
        for (AttributeDeclaration attribute : flavor.attributes()) {
            if (attribute.required() && !given.containsKey(attribute.name())) {
                throw new InvalidException(
                        "the flavor " + flavor.name() + " needs the attribute " + attribute.name() + ": "
                                + attribute.description(),
                        attribute.name(),
                        "give it as --" + attribute.name() + "=VALUE");
            }
        }
        return given;
    }

    /** Also if its braces are no reference: that is told elsewhere. */
    private static boolean mayHaveReferences(String value) {
        try {
            return !ReferenceText.parse(value).references().isEmpty();
        } catch (InvalidException e) {
            return true;
        }
    }

    /**
     * Checks the values that stand for references now.
     *
     * @param stored the component with its references
     * @param resolved the same without
     * @throws InvalidException naming what is of another kind
     */
    static void checkResolved(Flavor flavor, ComponentDefinition stored, ComponentDefinition resolved) {
        for (AttributeDeclaration attribute : flavor.attributes()) {
            String value = resolved.attributes().get(attribute.name());
            if (value != null && !fits(attribute.kind(), value)) {
                throw misfit(
                        "the attribute " + attribute.name() + " of " + stored.name(),
                        attribute,
                        stored.name(),
                        "look at what it names: 'describe' shows that");
            }
        }
    }

    private static InvalidException misfit(
            String what, AttributeDeclaration attribute, String name, @Nullable String hint) {
        String kind = attribute.kind() == AttributeDeclaration.Kind.FLAG ? "true or false" : "a whole number";
        return new InvalidException(what + " takes " + kind, name, hint);
    }

    private static boolean fits(AttributeDeclaration.Kind kind, String value) {
        return switch (kind) {
            case TEXT -> true;
            case FLAG -> value.equals("true") || value.equals("false");
            case NUMBER -> NUMBER.matcher(value).matches();
        };
    }
}
