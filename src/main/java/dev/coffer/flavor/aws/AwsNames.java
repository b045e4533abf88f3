package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the secrets of a scope are called in AWS: the attribute {@code prefix}, the scope, and the name as it is, for the
 * people who look with other tools; {@code prod/db} of the scope {@code global} is {@code coffer/global/prod/db}. Of a name
 * beyond ASCII each byte of UTF-8 that AWS cannot have is {@code =} and two hexadecimal digits; no name has a {@code =}.
 * AWS tells upper and lower case apart.
 */
final class AwsNames {
    /** Where the secrets of all scopes but {@code none} lie. */
    static final String ROOT = "coffer/";

    private static final Pattern SCOPED = Pattern.compile("/coffer/(global|component|namespace)/");

    private static final int MAX_LENGTH = 512;
    private static final SecretName ANY = SecretName.of("x");

    private final String above;
    private final String prefix;
    private final boolean isBare;

    AwsNames(AwsSettings settings, SecretScope scope) {
        String path = scope.path(ANY, '/');
        String folder = path.substring(0, path.length() - ANY.value().length());
        this.above = settings.prefix();
        this.prefix = above + folder;
        this.isBare = folder.isEmpty();
    }

    /** What the names of all secrets of this scope in AWS start with. */
    String prefix() {
        return prefix;
    }

    /** A name in AWS that no secret of coffer has. */
    String ofNobody() {
        return prefix + "=check";
    }

    /**
     * The name in AWS.
     *
     * @throws InvalidException if AWS cannot have it, or it would be one of another scope
     */
    String of(SecretName name) {
        if (isBare && isOfScope(name.value())) {
            throw new InvalidException(
                    "the secret " + name + " would lie where the flavor aws keeps the secrets of other scopes",
                    name.value(),
                    "choose a name that does not start with coffer/, nor goes on with coffer/global/, coffer/component/ or"
                            + " coffer/namespace/, or another scope");
        }
        String encoded = prefix + encode(name.value());
        if (encoded.length() > MAX_LENGTH) {
            throw new InvalidException(
                    "the secret " + name + " would have a name of " + encoded.length() + " characters in AWS, where "
                            + MAX_LENGTH + " is the limit",
                    name.value(),
                    "choose a shorter name; characters beyond ASCII take three to twelve each");
        }
        return encoded;
    }

    /** Whether AWS can have a secret of that name. */
    boolean isLegal(SecretName name) {
        try {
            of(name);
            return true;
        } catch (InvalidException e) {
            return false;
        }
    }

    /** The secret of a name in AWS; empty if it is none of this scope. */
    Optional<SecretName> nameAt(String inAws) {
        if (!inAws.startsWith(prefix) || (isBare && isOfScope(inAws.substring(above.length())))) {
            return Optional.empty();
        }
        String encoded = inAws.substring(prefix.length());
        return decode(encoded)
                .flatMap(AwsNames::legal)
                .filter(name -> encode(name.value()).equals(encoded));
    }

    /** Whether another component may keep a secret of a scope there, perhaps with a longer prefix. */
    private static boolean isOfScope(String text) {
        return text.startsWith(ROOT) || SCOPED.matcher(text).find();
    }

    private static Optional<SecretName> legal(String text) {
        try {
            return Optional.of(SecretName.of(text));
        } catch (InvalidException e) {
            return Optional.empty(); // somebody else's
        }
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "/_.-".indexOf(c) >= 0;
    }

    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            if (isPlain(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('=').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static Optional<String> decode(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (isPlain(c)) {
                bytes.write(c);
            } else if (c == '='
                    && i + 2 < encoded.length()
                    && HexFormat.isHexDigit(encoded.charAt(i + 1))
                    && HexFormat.isHexDigit(encoded.charAt(i + 2))) {
                bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
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
}
