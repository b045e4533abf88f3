package dev.coffer.secrets;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A named, typed collection of key-value pairs. Keys keep the order in which they were given.
 *
 * <p>A secret owns its values: {@link #close()} wipes them all. Passing a secret to a secrets manager neither keeps nor
 * closes it.
 */
public final class Secret implements AutoCloseable {
    /** The schema type that allows any keys. */
    public static final String ARBITRARY = "arbitrary";
    /** The most keys that a secret may have. */
    public static final int MAX_KEYS = 1_000;
    /** The most that all keys and values of a secret may take together, in bytes of UTF-8: 16 MiB. */
    public static final int MAX_BYTES = 16 << 20;

    private final SecretName name;
    private final String schemaType;
    private final Map<String, SecretValue> content;
    private final @Nullable Revision revision;

    private Secret(SecretName name, String schemaType, Map<String, SecretValue> content, @Nullable Revision revision) {
        this.name = name;
        this.schemaType = schemaType;
        this.content = content;
        this.revision = revision;
    }

    /** When and as which version a flavor stored the secret; parts that the flavor does not know are absent. */
    private record Revision(
            @Nullable Long version,
            @Nullable Instant created,
            @Nullable Instant updated) {}

    /**
     * A secret that is not stored yet. The values are taken over, not copied.
     *
     * @param schemaType the schema's TYPE, {@link #ARBITRARY} for any keys; whether the content fits is checked when
     *     the secret is registered
     * @throws InvalidException if a key breaks the grammar, two keys are one in normalization form C, there are more
     *     than {@link #MAX_KEYS} keys, or more than {@link #MAX_BYTES} bytes
     */
    public static Secret of(SecretName name, String schemaType, Map<String, SecretValue> content) {
        return new Secret(name, SchemaGrammar.check(schemaType), checked(name, content), null);
    }

    /** A secret of any keys; the values are taken over, not copied. See {@link #of(SecretName, String, Map)}. */
    public static Secret of(SecretName name, Map<String, SecretValue> content) {
        return of(name, ARBITRARY, content);
    }

    /**
     * A secret from an instance of a schema record. Components that are null are left out; values are copied.
     *
     * @param schema a record annotated with {@link SchemaType}
     * @throws InvalidException if the record is not a schema, or lacks a required value
     */
    public static Secret from(SecretName name, Record schema) {
        return of(name, SchemaRecord.typeOf(schema.getClass()), SchemaRecord.contentOf(schema));
    }

    /**
     * A secret as a flavor of ours stored it. Name and keys are not held against the grammar again: a newer Java runtime
     * may know more letters than this one, and a stored secret is always readable. The values are taken over.
     */
    public static Secret ofStored(
            SecretName name,
            String schemaType,
            Map<String, SecretValue> content,
            @Nullable Long version,
            @Nullable Instant created,
            @Nullable Instant updated) {
        return new Secret(
                name,
                schemaType,
                Collections.unmodifiableMap(new LinkedHashMap<>(content)),
                new Revision(version, created, updated));
    }

    /** The same secret as a flavor stored it; the values are shared, so close only one of the two. */
    public Secret stored(@Nullable Long version, @Nullable Instant created, @Nullable Instant updated) {
        return new Secret(name, schemaType, content, new Revision(version, created, updated));
    }

    private static Map<String, SecretValue> checked(SecretName name, Map<String, SecretValue> content) {
        if (content.size() > MAX_KEYS) {
            throw new InvalidException(
                    "secret " + name + " has " + content.size() + " keys; the limit is " + MAX_KEYS,
                    name.value(),
                    null);
        }
        Map<String, SecretValue> checked = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, SecretValue> entry : content.entrySet()) {
            String key = KeyGrammar.check(entry.getKey());
            bytes += key.getBytes(StandardCharsets.UTF_8).length
                    + entry.getValue().size();
            if (checked.put(key, entry.getValue()) != null) {
                throw new InvalidException(
                        "secret " + name + " has the key " + key + " twice",
                        name.value(),
                        "the keys differ only in their Unicode form");
            }
        }
        if (bytes > MAX_BYTES) {
            throw new InvalidException(
                    "secret " + name + " takes " + bytes + " bytes; the limit is " + MAX_BYTES + " (16 MiB)",
                    name.value(),
                    "split it into several secrets");
        }
        return Collections.unmodifiableMap(checked);
    }

    /** The secret's name. */
    public SecretName name() {
        return name;
    }

    /** The schema's TYPE. */
    public String schemaType() {
        return schemaType;
    }

    /** Key to value, in order; unmodifiable. */
    public Map<String, SecretValue> content() {
        return content;
    }

    /**
     * The value of one key.
     *
     * @throws NoSuchSecretException if there is no such key
     */
    public SecretValue value(String key) {
        SecretValue value = content.containsKey(key) ? content.get(key) : content.get(KeyGrammar.check(key));
        if (value == null) {
            throw new NoSuchSecretException(name, key);
        }
        return value;
    }

    /** The version as which it is stored; empty if it is not, or the flavor counts none. */
    public Optional<Long> version() {
        return Optional.ofNullable(revision).map(Revision::version);
    }

    /** When the secret was first registered; empty where that is not known. */
    public Optional<Instant> created() {
        return Optional.ofNullable(revision).map(Revision::created);
    }

    /** When this version was written; empty where that is not known. */
    public Optional<Instant> updated() {
        return Optional.ofNullable(revision).map(Revision::updated);
    }

    /**
     * The content as an instance of a schema record. Keys that the record does not know are left aside, so that an
     * outgrown secret stays readable. The values are copies: close them, or let the record go.
     *
     * @param schema a record annotated with {@link SchemaType}
     * @throws InvalidException if the class is no schema, or a required key is missing
     */
    public <T extends Record> T as(Class<T> schema) {
        return SchemaRecord.instance(schema, this);
    }

    /** Whether type, keys and values are the same; order and version do not count. */
    public boolean sameContentAs(Secret other) {
        if (!schemaType.equals(other.schemaType) || !content.keySet().equals(other.content.keySet())) {
            return false;
        }
        boolean same = true;
        for (Map.Entry<String, SecretValue> entry : content.entrySet()) {
            same &= entry.getValue().sameAs(other.value(entry.getKey()));
        }
        return same;
    }

    /** Wipes all values. */
    @Override
    public void close() {
        content.values().forEach(SecretValue::close);
    }

    /** Name, type and version; neither keys nor values. */
    @Override
    public String toString() {
        return "Secret(" + name + ", " + schemaType
                + version().map(v -> ", version " + v).orElse("") + ")";
    }
}
