package dev.coffer.flavor.github;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The secrets that a workflow puts into the environment of a job, each under the name that it has at GitHub. A variable
 * that is empty is no value: GitHub puts that where there is no such secret.
 */
final class ActionsEnvironment {
    private static final char REPLACEMENT = '\ufffd';

    private final GithubNames names;
    private final Map<String, String> environment;

    ActionsEnvironment(GithubNames names, Map<String, String> environment) {
        this.names = names;
        this.environment = environment;
    }

    List<SecretName> names() {
        return List.copyOf(secrets().keySet());
    }

    Secret secret(SecretName name) {
        NavigableMap<String, String> keys = secrets().get(name);
        if (keys == null) {
            throw new NoSuchSecretException(name);
        }
        Map<String, SecretValue> content = new LinkedHashMap<>();
        keys.forEach((key, variable) -> content.put(key, value(name, environment.getOrDefault(variable, ""))));
        return Secret.ofStored(name, Secret.ARBITRARY, content, null, null, null);
    }

    /** Each secret's keys, and the variables that hold them. */
    private NavigableMap<SecretName, NavigableMap<String, String>> secrets() {
        NavigableMap<SecretName, NavigableMap<String, String>> secrets = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (!value.isEmpty()) {
                names.at(variable)
                        .ifPresent(key -> secrets.computeIfAbsent(key.secret(), any -> new TreeMap<>())
                                .put(key.key(), variable));
            }
        });
        return secrets;
    }

    /** A JVM in a locale of ASCII has lost the other characters of its environment already. */
    private static SecretValue value(SecretName name, String text) {
        if (text.indexOf(REPLACEMENT) >= 0 && !"UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"))) {
            throw new InvalidException(
                    "secret " + name + " has a value that cannot be read in this locale",
                    name.value(),
                    "set LC_ALL=C.UTF-8");
        }
        return SecretValue.of(text);
    }
}
