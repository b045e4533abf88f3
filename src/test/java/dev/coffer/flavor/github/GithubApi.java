package dev.coffer.flavor.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GitHub's own description of the paths of secrets, as its OpenAPI document has them. */
final class GithubApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{\\w+}");
    private static final SchemaValidatorsConfig FORMATS =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    private final JsonNode paths;
    private final Map<JsonNode, JsonSchema> compiled = new ConcurrentHashMap<>();

    GithubApi() {
        try (InputStream in = GithubApi.class.getResourceAsStream("/github/secrets-api.json")) {
            paths = new ObjectMapper().readTree(Objects.requireNonNull(in)).get("paths");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every path and method, as {@code GET /orgs/{org}/actions/secrets}. */
    Set<String> operations() {
        Set<String> all = new HashSet<>();
        paths.properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> all.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return all;
    }

    /** The path of the description that a request is for, the longest if there are several. */
    Optional<String> pathOf(String path) {
        List<String> found = new ArrayList<>();
        paths.fieldNames().forEachRemaining(template -> {
            if (path.matches(regex(template))) {
                found.add(template);
            }
        });
        return found.stream().max((a, b) -> Integer.compare(literal(a), literal(b)));
    }

    private static int literal(String template) {
        return PARAMETER.matcher(template).replaceAll("").length();
    }

    private static String regex(String template) {
        StringBuilder regex = new StringBuilder();
        Matcher parameters = PARAMETER.matcher(template);
        int at = 0;
        while (parameters.find()) {
            regex.append(Pattern.quote(template.substring(at, parameters.start())))
                    .append("[^/]+");
            at = parameters.end();
        }
        return regex.append(Pattern.quote(template.substring(at))).toString();
    }

    /** What is wrong with a request; empty if it is as described. */
    List<String> faultsOfRequest(String method, String path, Set<String> query, @Nullable JsonNode body) {
        Optional<String> template = pathOf(path);
        JsonNode operation = template.map(found -> operation(method, found)).orElse(null);
        if (operation == null) {
            return List.of(method + " " + path + " is in no description");
        }
        List<String> faults = new ArrayList<>();
        Set<String> known = new HashSet<>();
        operation.get("parameters").forEach(parameter -> {
            if (parameter.get("in").asText().equals("query")) {
                known.add(parameter.get("name").asText());
            }
        });
        query.stream().filter(name -> !known.contains(name)).forEach(name -> faults.add("no parameter " + name));
        JsonNode schema = operation.get("requestBody");
        if ((schema == null) != (body == null)) {
            faults.add(schema == null ? "there is a body" : "there is no body");
        }
        if (schema != null && body != null) {
            faults.addAll(faults(schema, body));
            body.fieldNames().forEachRemaining(name -> {
                if (!schema.path("properties").has(name)) {
                    faults.add("no property " + name);
                }
            });
        }
        return faults.stream()
                .map(fault -> method + " " + template.get() + ": " + fault)
                .toList();
    }

    /** What is wrong with an answer of success; empty if it is as described. */
    List<String> faultsOfAnswer(String method, String path, int status, @Nullable JsonNode body) {
        JsonNode responses = Objects.requireNonNull(
                        operation(method, pathOf(path).orElseThrow()))
                .get("responses");
        if (!responses.has(String.valueOf(status))) {
            return List.of(method + " " + path + ": no status " + status);
        }
        JsonNode schema = responses.get(String.valueOf(status));
        if (schema.isNull()) {
            return body == null ? List.of() : List.of(method + " " + path + ": there is a body");
        }
        return body == null ? List.of(method + " " + path + ": there is no body") : faults(schema, body);
    }

    private @Nullable JsonNode operation(String method, String template) {
        return paths.get(template).get(method.toLowerCase(Locale.ROOT));
    }

    private List<String> faults(JsonNode schema, JsonNode body) {
        JsonSchema ready = compiled.computeIfAbsent(
                schema,
                one -> JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(one, FORMATS));
        return ready.validate(body).stream()
                .map(message -> message.getInstanceLocation() + " breaks " + message.getType())
                .toList();
    }
}
