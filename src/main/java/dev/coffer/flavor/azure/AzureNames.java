package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the secrets of a scope are called in Key Vault: the attribute {@code prefix}, the scope, and the name. A name there
 * has letters, digits and hyphens, and upper and lower case are one. So a name of small letters, digits and hyphens stands for
 * itself, unless it looks like one that is written otherwise; of all others each byte of UTF-8 that is no small letter and no
 * digit is two hyphens and two hexadecimal digits, but for a hyphen before a small letter, a digit or the end:
 *
 * <pre>
 * my-db       my-db
 * prod/my-db  prod--2fmy-db
 * DB          --44--42
 * </pre>
 */
final class AzureNames {
    /** What the names of all scopes but {@code none} start with. */
    static final String ROOT = "coffer-";

    private static final Pattern SCOPED = Pattern.compile("coffer-(global|component|namespace)-");
    private static final int MAX_LENGTH = 127;

    private final String prefix;
    private final String folder;

    AzureNames(String prefix, SecretScope scope) {
        this.prefix = prefix;
        this.folder = folder(scope);
    }

    private static String folder(SecretScope scope) {
        return switch (scope.kind()) {
            case NONE -> "";
            case GLOBAL -> "coffer-global-";
            case COMPONENT -> "coffer-component-" + scope.qualifier().replace("-", "") + "-";
            case NAMESPACE -> "coffer-namespace-" + escape(scope.qualifier(), false) + "-";
        };
    }

    /** A name in Key Vault that no secret of coffer has. */
    String ofNobody() {
        return prefix + folder + "--check";
    }

    /**
     * The name in Key Vault.
     *
     * @throws InvalidException if Key Vault cannot have it, or it would be one of another scope
     */
    String of(SecretName name) {
        String encoded = prefix + folder + encode(name.value());
        if (folder.isEmpty() && isOfScope(encoded)) {
            throw new InvalidException(
                    "the secret " + name + " would lie where the flavor azure keeps the secrets of other scopes",
                    name.value(),
                    "choose a name without coffer-global-, coffer-component- and coffer-namespace-, or another scope");
        }
        if (encoded.length() > MAX_LENGTH) {
            throw new InvalidException(
                    "the secret " + name + " would have a name of " + encoded.length()
                            + " characters in Key Vault, where " + MAX_LENGTH + " is the limit",
                    name.value(),
                    "choose a shorter name; capitals, '/', '.' and '_' take four characters each");
        }
        return encoded;
    }

    /** The secret of a name in Key Vault, in whichever case; empty if it is none of this scope. */
    Optional<SecretName> nameAt(String inAzure) {
        String folded = inAzure.toLowerCase(Locale.ROOT);
        if (!folded.startsWith(prefix + folder) || (folder.isEmpty() && isOfScope(folded))) {
            return Optional.empty();
        }
        String encoded = folded.substring(prefix.length() + folder.length());
        return decode(encoded)
                .or(() -> legal(encoded))
                .filter(name -> encode(name.value()).equals(encoded));
    }

    private static boolean isOfScope(String encoded) {
        return SCOPED.matcher(encoded).find();
    }

    private static Optional<SecretName> legal(String text) {
        try {
            return Optional.of(SecretName.of(text)).filter(name -> name.value().equals(text));
        } catch (InvalidException e) {
            return Optional.empty(); // somebody else's
        }
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static String encode(String text) {
        boolean isPlain = text.chars().allMatch(c -> isAlphanumeric(c) || c == '-');
        return isPlain && decode(text).isEmpty() ? text : escape(text, true);
    }

    /** The name that is written as this and not by itself; empty if there is none. */
    private static Optional<SecretName> decode(String encoded) {
        return unescape(encoded)
                .flatMap(AzureNames::legal)
                .filter(name -> !name.value().equals(encoded)
                        && escape(name.value(), true).equals(encoded));
    }

    private static String escape(String text, boolean mayHyphen) {
        byte[] bytes = text.getBytes(UTF_8);
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            boolean beforePlain = i + 1 == bytes.length || isAlphanumeric(bytes[i + 1]);
            if (isAlphanumeric(bytes[i]) || (bytes[i] == '-' && mayHyphen && beforePlain)) {
                escaped.append((char) bytes[i]);
            } else {
                escaped.append("--").append(HexFormat.of().toHexDigits(bytes[i]));
            }
        }
        return escaped.toString();
    }

    private static Optional<String> unescape(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            if (!escaped.startsWith("--", i)) {
                bytes.write(escaped.charAt(i));
            } else if (i + 3 < escaped.length()
                    && HexFormat.isHexDigit(escaped.charAt(i + 2))
                    && HexFormat.isHexDigit(escaped.charAt(i + 3))) {
                bytes.write(HexFormat.fromHexDigits(escaped, i + 2, i + 4));
                i += 3;
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
}
