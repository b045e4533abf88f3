package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The ids of provider secrets, which have 1 to 255 letters, digits, {@code -} and {@code _}. A name of these alone is its
 * own id, so that the scope {@code none} shows what other tools keep there; others are written as {@link GcpEncoding} does:
 *
 * <pre>
 * scope none      my-db_password              my-db_password
 * scope none      prod/db                     prod_2fdb
 * scope global    prod/db                     coffer-global-prod_2fdb
 * </pre>
 *
 * <p>In the layout per-key the key follows behind a {@code _}. Before it there is none, as other bytes than letters and
 * digits are written there with {@code -} and two hexadecimal digits, and so is a {@code -} in the key.
 */
final class GcpNames {
    private static final String ROOT = "coffer-";
    private static final List<String> SCOPES = List.of("coffer-component-", "coffer-namespace-", "coffer-global-");
    private static final SecretName ANY = SecretName.of("x");
    private static final int MAX_ID = 255;
    private static final int MAX_LABEL = 63;
    private static final GcpEncoding LABEL = new GcpEncoding(false, text -> false);

    private final String prefix;
    private final boolean unscoped;
    private final String mark;
    private final GcpEncoding encoding;

    /**
     * Makes them.
     *
     * @param before what all ids start with; may be empty
     */
    GcpNames(String before, SecretScope scope) {
        String path = scope.path(ANY, '-');
        this.prefix = before + path.substring(0, path.length() - ANY.value().length());
        this.unscoped = scope.kind() == SecretScope.Kind.NONE;
        this.mark = digest("coffer gcp 1\0" + prefix);
        this.encoding = new GcpEncoding(true, text -> unscoped && text.startsWith(ROOT));
    }

    /** Whether coffer made or adopted a provider secret, in this scope. */
    boolean owns(GcpClient.Meta meta) {
        return mark.equals(meta.labels().get(GcpSecretsManager.MARK));
    }

    /** Half of the SHA-256 of a text, in hexadecimal digits. */
    static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /**
     * The value of the label by which coffer's secrets of this scope are known: of all that is before the names, so that a
     * scope none that happens to see another scope's secrets does not take them for its own.
     */
    String mark() {
        return mark;
    }

    /**
     * The id of a secret.
     *
     * @throws InvalidException if there is none that is short enough
     */
    String of(SecretName name) {
        return limited(name, prefix + encoding.encode(name.value()), MAX_ID);
    }

    /** The secret of an id; empty if none of this scope can have it. */
    Optional<SecretName> nameAt(String id) {
        if (!id.startsWith(prefix) || (unscoped && id.startsWith(ROOT, prefix.length()))) {
            return Optional.empty();
        }
        String encoded = id.substring(prefix.length());
        return legal(encoding.decode(encoded))
                .filter(name -> encoding.encode(name.value()).equals(encoded));
    }

    private static Optional<SecretName> legal(String text) {
        try {
            return Optional.of(SecretName.of(text));
        } catch (InvalidException e) {
            return Optional.empty(); // somebody else's
        }
    }

    private static String limited(SecretName name, String encoded, int limit) {
        if (encoded.length() > limit) {
            throw new InvalidException(
                    "secret " + name + " has a name or a key that is too long for Google's Secret Manager: it takes "
                            + encoded.length() + " of at most " + limit + " characters there",
                    name.value(),
                    "choose a shorter one, or one with fewer characters other than letters and digits");
        }
        return encoded;
    }

    // The layout per-key

    /**
     * The id of a key of a secret.
     *
     * @param key empty for what is no key, and for the time of a change only
     * @throws InvalidException if there is none that is short enough
     */
    String of(SecretName name, String key) {
        return limited(name, prefix + hyphened(name.value(), "") + "_" + hyphened(key, "_"), MAX_ID);
    }

    /** Whether the id can be that of a key in this scope. */
    boolean mayBeKey(String id) {
        return id.startsWith(prefix)
                && !(unscoped && SCOPES.stream().anyMatch(scope -> id.startsWith(scope, prefix.length())));
    }

    /** The key of a provider secret that ZenML made for a group; empty if it is none. */
    Optional<String> keyAt(String id, SecretName name) {
        String before = prefix + name.value() + "_";
        return id.startsWith(before) && id.length() > before.length()
                ? Optional.of(id.substring(before.length()))
                : Optional.empty();
    }

    /**
     * A name as the value of a label, which has at most 63 lower-case letters, digits, {@code -} and {@code _}.
     *
     * @throws InvalidException if it is too long
     */
    static String label(SecretName name) {
        return limited(name, LABEL.encode(name.value()), MAX_LABEL);
    }

    /** The name of a label; empty if it is none. */
    static Optional<SecretName> nameOfLabel(String label) {
        return legal(LABEL.decode(label));
    }

    /** A schema type as the value of a label; what is too long is cut, as an annotation has it too. */
    static String typeLabel(String type) {
        String label = LABEL.encode(type);
        return label.substring(0, Math.min(label.length(), MAX_LABEL));
    }

    /** The schema type of a label. */
    static String typeOfLabel(String label) {
        return LABEL.decode(label);
    }

    private static String hyphened(String text, String kept) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            boolean plain =
                    (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || kept.indexOf(b) >= 0;
            escaped.append(
                    plain ? String.valueOf((char) b) : "-" + HexFormat.of().toHexDigits(b));
        }
        return escaped.toString();
    }
}
