package dev.coffer.schema;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.Spelling;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.StoredRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The secret schemas that are known, by type. Making one costs nothing; asking for a type loads that schema alone.
 * Safe for use by several threads.
 */
public final class SchemaCatalog implements SecretSchemas {
    private final SchemaSource custom;
    private final Map<String, Template> read = new ConcurrentHashMap<>(); // by record id and version

    private SchemaCatalog(SchemaSource custom) {
        this.custom = custom;
    }

    /** The schemas that coffer brings along, {@link Secret#ARBITRARY} among them. */
    public static SchemaCatalog builtIn() {
        return new SchemaCatalog(SchemaSource.NONE);
    }

    /** These schemas and custom ones, which are read only when a type is asked for that is not coffer's own. */
    public SchemaCatalog with(SchemaSource source) {
        return new SchemaCatalog(source);
    }

    /** All schemas, sorted by type. */
    public List<SecretSchema> list() {
        return types().map(this::describe).toList();
    }

    /**
     * Where the schema of a type comes from: {@code coffer}, {@code JSON Schema}, or the name of a record class. Loads no
     * class.
     *
     * @throws NoSuchSchemaException if there is none
     */
    public String source(String type) {
        if (type.equals(Secret.ARBITRARY) || BuiltInSchemas.TYPES.contains(type)) {
            return "coffer";
        }
        return custom.find(type).map(CustomSchemas::source).orElseThrow(() -> missing(type, ""));
    }

    /** One that cannot be used, for instance because its jar is gone, does not keep the others from being listed. */
    private SecretSchema describe(String type) {
        try {
            return get(type);
        } catch (InvalidException | StoreFileException | IntegrityException e) {
            return new SecretSchema(type, "cannot be used: " + e.getMessage(), List.of(), true);
        }
    }

    /** Whether there is a schema of that type; loads none. */
    public boolean isKnown(String type) {
        return type.equals(Secret.ARBITRARY)
                || BuiltInSchemas.TYPES.contains(type)
                || custom.find(type).isPresent();
    }

    /** The schema of that type, if there is one. */
    public Optional<SecretSchema> find(String type) {
        return Optional.ofNullable(template(type)).map(Template::schema);
    }

    /**
     * The schema of that type.
     *
     * @throws NoSuchSchemaException if there is none; the hint names types that are spelled alike
     */
    public SecretSchema get(String type) {
        return templateOrThrow(type, "").schema();
    }

    /**
     * Holds a secret against the schema of its type and adds what the schema presets.
     *
     * <p>The result has the content of the given secret, in its order, and after it the defaults of the optional keys
     * that it has not. Its values are those of the given secret, not copies: close one of the two. Closing the given
     * one wipes all that is secret, because defaults are public. If there is nothing to add, the result is the given
     * secret itself; otherwise it is a secret that is not stored yet, without version and times.
     *
     * @throws NoSuchSchemaException if there is no schema of the secret's type
     * @throws InvalidException if the secret does not fit: names all keys that it lacks, all that the schema does not
     *     know and all whose values have not the form that they must have, and quotes no value
     */
    @Override
    public Secret fit(Secret secret) {
        String type = secret.schemaType();
        if (type.equals(Secret.ARBITRARY)) {
            return secret;
        }
        Template template = templateOrThrow(type, "; '--schema TYPE' gives the secret another one");
        List<String> faults = template.faultsOf(secret);
        if (!faults.isEmpty()) {
            List<String> known =
                    template.schema().keys().stream().map(SchemaKey::name).toList();
            String near = secret.content().keySet().stream()
                    .filter(key -> !known.contains(key))
                    .map(key -> Spelling.didYouMean(key, known))
                    .findFirst()
                    .orElse("");
            throw new InvalidException(
                    "secret " + secret.name() + " does not fit schema " + type + ": " + String.join("; ", faults),
                    secret.name().value(),
                    near + "'coffer schema describe " + type + "' shows its keys; schema " + Secret.ARBITRARY
                            + " takes any");
        }
        return template.withDefaults(secret);
    }

    /** What keeps a secret from fitting the schema of its type; empty if it fits, or the type is unknown. No values. */
    public List<String> faultsOf(Secret secret) {
        Template template = template(secret.schemaType());
        return template == null ? List.of() : template.faultsOf(secret);
    }

    private Stream<String> types() {
        return Stream.of(
                        Stream.of(Secret.ARBITRARY),
                        BuiltInSchemas.TYPES.stream(),
                        custom.list().stream().map(StoredRecord::name))
                .flatMap(types -> types)
                .sorted();
    }

    private @Nullable Template template(String type) {
        if (type.equals(Secret.ARBITRARY)) {
            return Template.ARBITRARY;
        }
        Class<? extends Record> builtIn = BuiltInSchemas.recordOf(type);
        if (builtIn != null) {
            return Template.of(builtIn);
        }
        return custom.find(type).map(this::read).orElse(null);
    }

    private Template read(StoredRecord stored) {
        return read.computeIfAbsent(
                stored.id() + " " + stored.version(), version -> CustomSchemas.template(stored, custom.jars()));
    }

    private Template templateOrThrow(String type, String wayOut) {
        Template template = template(type);
        if (template == null) {
            throw missing(type, wayOut);
        }
        return template;
    }

    private NoSuchSchemaException missing(String type, String wayOut) {
        return new NoSuchSchemaException(
                "there is no schema " + Printable.quote(type),
                Printable.text(type),
                Spelling.didYouMean(type, types().toList()) + "'coffer schema list' shows all types" + wayOut);
    }
}
