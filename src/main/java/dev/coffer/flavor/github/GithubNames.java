package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What GitHub calls the keys of a scope's secrets: one name each, of the letters {@code A} to {@code Z}, digits and
 * {@code _}, as GitHub folds case. People write these names into workflows, so the plain ones stay plain:
 *
 * <pre>
 * scope       secret    key           name
 * none        db        password      COFFER_DB__PASSWORD
 * none        db        access_key    COFFER_DB__ACCESS_KEY
 * none        prod/db   password      COFFER_PROD___2FDB__PASSWORD
 * none        db        Key           COFFER_DB_____4BEY
 * global      db        password      COFFER_GLOBAL____DB__PASSWORD
 * namespace   db        password      COFFER_NAMESPACE__TEAM____DB__PASSWORD
 * component   db        password      COFFER_COMPONENT__&lt;32 digits of the id&gt;____DB__PASSWORD
 * </pre>
 *
 * <p>Small letters and digits stand for themselves, as does {@code _} between two characters of which the second is one of
 * them; each other byte of UTF-8 is {@code ___} and two hexadecimal digits. So how many {@code _} stand together tells what
 * they are: one is itself, two end the secret's name, three begin a byte, four end the scope, five and seven are two and
 * four with a byte after them. A prefix has no {@code _} inside, so that no prefix begins another.
 */
final class GithubNames {
    /** GitHub tells no limit; this is as far as coffer goes. */
    static final int MAX_LENGTH = 255;

    private static final String BYTE = "___";
    private static final String AFTER_NAME = "__";
    private static final String AFTER_SCOPE = "____";

    private final String prefix;

    /**
     * Names of one scope.
     *
     * @param prefix {@code A} to {@code Z} and digits, a letter first
     */
    GithubNames(String prefix, SecretScope scope) {
        this.prefix = prefix + "_"
                + switch (scope.kind()) {
                    case NONE -> "";
                    case GLOBAL -> "GLOBAL" + AFTER_SCOPE;
                    case COMPONENT ->
                        "COMPONENT__" + scope.qualifier().replace("-", "").toUpperCase(Locale.ROOT) + AFTER_SCOPE;
                    case NAMESPACE -> "NAMESPACE__" + escape(scope.qualifier()) + AFTER_SCOPE;
                };
    }

    /** A key of a secret. */
    record Key(SecretName secret, String key) {}

    /**
     * The name of a key.
     *
     * @throws InvalidException if it would be too long
     */
    String of(SecretName secret, String key) {
        String name = encode(secret, key);
        if (name.length() > MAX_LENGTH) {
            throw new InvalidException(
                    "GitHub would call the key %s of secret %s by a name of %d characters; %d is as many as it can have"
                            .formatted(key, secret, name.length(), MAX_LENGTH),
                    secret.value(),
                    "choose shorter names of small letters and digits; each other character but _ takes five or more");
        }
        return name;
    }

    private String encode(SecretName secret, String key) {
        return prefix + escape(secret.value()) + AFTER_NAME + escape(key);
    }

    /** The key of that name; empty if it is none of this scope. */
    Optional<Key> at(String name) {
        if (!name.startsWith(prefix)) {
            return Optional.empty();
        }
        List<String> pieces = pieces(name.substring(prefix.length()));
        if (pieces.size() != 2) {
            return Optional.empty();
        }
        try {
            Key key = new Key(SecretName.of(pieces.get(0)), KeyGrammar.check(pieces.get(1)));
            return encode(key.secret(), key.key()).equals(name) ? Optional.of(key) : Optional.empty();
        } catch (InvalidException e) {
            return Optional.empty(); // somebody else's
        }
    }

    private static boolean isPlain(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
    }

    private static String escape(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            boolean inside = i > 0 && i + 1 < bytes.length && isPlain(bytes[i + 1]);
            if (isPlain(bytes[i])) {
                escaped.append(Character.toUpperCase((char) bytes[i]));
            } else if (bytes[i] == '_' && inside) {
                escaped.append('_');
            } else {
                escaped.append(BYTE).append(HexFormat.of().withUpperCase().toHexDigits(bytes[i]));
            }
        }
        return escaped.toString();
    }

    /** What lies between the ends of names; empty if it cannot be read. */
    private static List<String> pieces(String escaped) {
        List<String> pieces = new ArrayList<>();
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        int i = 0;
        while (i < escaped.length()) {
            int run = i;
            while (run < escaped.length() && escaped.charAt(run) == '_') {
                run++;
            }
            int underscores = run - i;
            i = run;
            if (underscores == 0) {
                piece.write(Character.toLowerCase(escaped.charAt(i++)));
                continue;
            }
            if (underscores == 1) {
                piece.write('_');
            }
            if (underscores == 2 || underscores == 5) {
                pieces.add(text(piece));
                piece.reset();
            }
            if (underscores == 3 || underscores == 5) {
                if (!isHex(escaped, i)) {
                    return List.of();
                }
                piece.write(HexFormat.fromHexDigits(escaped, i, i + 2));
                i += 2;
            }
            if (underscores == 4 || underscores > 5) {
                return List.of(); // another scope's
            }
        }
        pieces.add(text(piece));
        return pieces;
    }

    private static boolean isHex(String text, int at) {
        return at + 2 <= text.length()
                && HexFormat.isHexDigit(text.charAt(at))
                && HexFormat.isHexDigit(text.charAt(at + 1));
    }

    /** Empty, which no piece is, if the bytes are no text. */
    private static String text(ByteArrayOutputStream piece) {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(piece.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }
}
