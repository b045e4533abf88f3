package dev.coffer.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Which secrets of a backend a secrets manager sees, and which of its own it shares with other managers over the same
 * backend. Two managers share exactly if their scopes are equal:
 *
 * <pre>
 * scope       shared by                                       path of prod/db, with the separator '/'
 * component   nobody: it is the component's own               coffer/component/&lt;component id&gt;/prod_2fdb
 * namespace   those that declare the same namespace           coffer/namespace/team_2da/prod_2fdb
 * global      those that declare the scope global             coffer/global/prod_2fdb
 * none        those that declare the scope none               prod_2fdb
 * </pre>
 *
 * <p>In a path, letters and digits of ASCII stand for themselves, and each other byte of UTF-8 is written as {@code _}
 * and two hexadecimal digits. No piece of a path can therefore hold a separator: the namespace {@code a-b} with the
 * name {@code c} and the namespace {@code a} with the name {@code b-c} are two paths, whatever separates.
 *
 * @param kind how widely secrets are shared
 * @param qualifier the component's id in its text form, or the namespace; empty for the other two kinds
 */
public record SecretScope(Kind kind, String qualifier) {
    /** The attribute that names the kind. */
    public static final String SCOPE = "scope";

    /** The attribute that names the namespace. */
    public static final String NAMESPACE = "namespace";

    private static final String ROOT = "coffer";

    /** How widely secrets are shared. */
    public enum Kind {
        /** With managers of scope none, outside of coffer's own paths. */
        NONE,
        /** With all managers of scope global. */
        GLOBAL,
        /** With no other component. The default. */
        COMPONENT,
        /** With all managers of one namespace. */
        NAMESPACE;

        /** As written in an attribute. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a flavor that scopes declares beside its own attributes. */
    public static List<AttributeDeclaration> attributes() {
        return List.of(
                new AttributeDeclaration(
                        SCOPE,
                        AttributeDeclaration.Kind.TEXT,
                        false,
                        Optional.of(Kind.COMPONENT.text()),
                        "who shares the secrets: component (nobody), namespace, global or none",
                        false),
                new AttributeDeclaration(
                        NAMESPACE,
                        AttributeDeclaration.Kind.TEXT,
                        false,
                        Optional.empty(),
                        "the namespace, for scope namespace",
                        false));
    }

    /**
     * The scope that a component declares, {@code component} if it declares none.
     *
     * @throws InvalidException if there is no such scope, if the scope {@code namespace} comes without a namespace, if a
     *     namespace comes with another scope, or if the namespace breaks the grammar of {@link SecretName}
     */
    public static SecretScope of(ComponentDefinition component) {
        String text = component.attributes().getOrDefault(SCOPE, Kind.COMPONENT.text());
        Kind kind = kind(component, text);
        String namespace = component.attributes().get(NAMESPACE);
        if (kind == Kind.NAMESPACE) {
            if (namespace == null) {
                throw new InvalidException(
                        "the scope namespace of " + component.name() + " needs a namespace",
                        component.name(),
                        "give it as --namespace=NAME");
            }
            return new SecretScope(kind, checked(component, namespace));
        }
        if (namespace != null) {
            throw new InvalidException(
                    component.name() + " has a namespace, which the scope " + text + " does not use",
                    component.name(),
                    "set --scope=namespace, or take the namespace away");
        }
        return new SecretScope(kind, kind == Kind.COMPONENT ? component.id().toString() : "");
    }

    private static Kind kind(ComponentDefinition component, String text) {
        for (Kind kind : Kind.values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new InvalidException(
                component.name() + " has a scope that there is not", // not quoted: it may be from a secret
                component.name(),
                "the scopes are component, namespace, global and none");
    }

    private static String checked(ComponentDefinition component, String namespace) {
        try {
            return SecretName.of(namespace).value();
        } catch (InvalidException e) {
            throw new InvalidException(
                    // Nor is the cause told, which quotes it: it may be from a secret.
                    "the namespace of " + component.name() + " breaks the grammar of names",
                    component.name(),
                    "a namespace has 1 to 255 letters, digits, '.', '_' and '-', with '/' between segments");
        }
    }

    /**
     * The id under which a store that knows components keeps the secrets of this scope: the component's own, or one that
     * is made from the scope and that no component has (UUIDs of version 8, RFC 9562; components have version 4).
     */
    public UUID owner() {
        if (kind == Kind.COMPONENT) {
            return UUID.fromString(qualifier);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256("coffer scope 1\0" + kind.text() + "\0" + qualifier));
        long high = (digest.getLong() & 0xffff_ffff_ffff_0fffL) | 0x8000L;
        long low = (digest.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /**
     * Where a provider keeps a secret of this scope.
     *
     * @param separator what the provider allows in a name beside letters, digits and {@code _}
     * @throws IllegalArgumentException if the separator is a letter, a digit or {@code _}
     */
    public String path(SecretName name, char separator) {
        return prefix(separator) + escape(name.value());
    }

    /**
     * The name of the secret that is kept there; empty if that is no path of this scope, as {@link #path} writes it.
     *
     * @throws IllegalArgumentException if the separator is a letter, a digit or {@code _}
     */
    public Optional<SecretName> nameAt(String path, char separator) {
        String prefix = prefix(separator);
        if (!path.startsWith(prefix)) {
            return Optional.empty();
        }
        String escaped = path.substring(prefix.length());
        return unescape(escaped)
                .flatMap(SecretScope::legal)
                .filter(name -> escape(name.value()).equals(escaped));
    }

    private static Optional<SecretName> legal(String text) {
        try {
            return Optional.of(SecretName.of(text));
        } catch (InvalidException e) {
            return Optional.empty(); // somebody else's
        }
    }

    private String prefix(char separator) {
        if (isPlain(separator) || separator == '_') {
            throw new IllegalArgumentException("the separator must not occur in the pieces of a path");
        }
        return switch (kind) {
            case NONE -> "";
            case GLOBAL -> ROOT + separator + kind.text() + separator;
            case COMPONENT, NAMESPACE -> ROOT + separator + kind.text() + separator + escape(qualifier) + separator;
        };
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            if (isPlain(b)) {
                escaped.append((char) b);
            } else {
                escaped.append('_').append(HexFormat.of().toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    private static Optional<String> unescape(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (isPlain(c)) {
                bytes.write(c);
            } else if (c == '_'
                    && i + 2 < escaped.length()
                    && HexFormat.isHexDigit(escaped.charAt(i + 1))
                    && HexFormat.isHexDigit(escaped.charAt(i + 2))) {
                bytes.write(HexFormat.fromHexDigits(escaped, i + 1, i + 3));
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The kind and, where there is one, the qualifier. */
    @Override
    public String toString() {
        return qualifier.isEmpty() ? kind.text() : kind.text() + " " + qualifier;
    }
}
