package dev.coffer.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.DisallowSchemaLoader;
import java.util.Optional;

/**
 * The validator of JSON Schema 2020-12, kept from what a secrets store must not do: it loads nothing but the
 * meta-schema that it brings along, and what it says of a value, which quotes it, stays here.
 */
final class JsonValidator {
    private static final String BUNDLED = "classpath:";

    private JsonValidator() {}

    /** The first place where a document is no schema, and why; empty if it is one. Quotes the schema, which is public. */
    static Optional<String> faultOfSchema(JsonNode document) {
        JsonSchema metaSchema = factory().getSchema(SchemaLocation.of(SchemaId.V202012), config());
        return metaSchema.validate(document).stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .findFirst();
    }

    /** Ready to say whether texts fit. */
    static JsonSchema compile(JsonNode schema) {
        JsonSchema compiled = factory().getSchema(schema, config());
        compiled.initializeValidators();
        return compiled;
    }

    /** Whether the text fits. */
    static boolean fits(JsonSchema schema, String text) {
        return schema.validate(TextNode.valueOf(text)).isEmpty();
    }

    private static JsonSchemaFactory factory() {
        return JsonSchemaFactory.getInstance(
                SpecVersion.VersionFlag.V202012,
                builder -> builder.schemaLoaders(
                        loaders -> loaders.add(iri -> iri.toString().startsWith(BUNDLED)
                                ? null
                                : DisallowSchemaLoader.getInstance().getSchema(iri))));
    }

    private static SchemaValidatorsConfig config() {
        return SchemaValidatorsConfig.builder()
                .pathType(PathType.JSON_POINTER)
                .formatAssertionsEnabled(true)
                .build();
    }
}
