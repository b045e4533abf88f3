package dev.coffer.junit;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A secret that a store is to hold from the beginning, checked no earlier than it is stored.
 *
 * @param place the annotation that names it, for messages
 */
record Seed(String place, String name, String schema, Map<String, String> values) {
    /** What the annotations on a class or method name, files first. */
    static List<Seed> on(AnnotatedElement element) {
        List<Seed> seeds = new ArrayList<>();
        AnnotationSupport.findAnnotation(element, CofferSecrets.class).ifPresent(files -> {
            for (String resource : files.value()) {
                String place = "@CofferSecrets(\"" + resource + "\") on " + spoken(element);
                seeds.addAll(SeedFile.read(resource, classOf(element), place));
            }
        });
        AnnotationSupport.findRepeatableAnnotations(element, CofferSecret.class)
                .forEach(secret -> seeds.add(of(secret, element)));
        return seeds;
    }

    /** Whether a class or method has such annotations; reads no file. */
    static boolean isSeeded(AnnotatedElement element) {
        return AnnotationSupport.isAnnotated(element, CofferSecrets.class)
                || !AnnotationSupport.findRepeatableAnnotations(element, CofferSecret.class)
                        .isEmpty();
    }

    private static Seed of(CofferSecret secret, AnnotatedElement element) {
        String place = "@CofferSecret(name = \"" + secret.name() + "\") on " + spoken(element);
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : secret.values()) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                // Not quoted: it may be a value that lacks its key.
                throw new ExtensionConfigurationException(
                        place + ": value number " + (values.size() + 1) + " is not KEY=VALUE");
            }
            String key = pair.substring(0, equals);
            if (values.put(key, pair.substring(equals + 1)) != null) {
                throw new ExtensionConfigurationException(place + ": the key " + key + " is there twice");
            }
        }
        return new Seed(place, secret.name(), secret.schema(), values);
    }

    static String spoken(AnnotatedElement element) {
        return element instanceof Method method
                ? "method " + method.getDeclaringClass().getName() + "." + method.getName()
                : "class " + classOf(element).getName();
    }

    private static Class<?> classOf(AnnotatedElement element) {
        return element instanceof Method method ? method.getDeclaringClass() : (Class<?>) element;
    }

    void plant(SecretsManager manager) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        try {
            values.forEach((key, text) -> content.put(key, SecretValue.of(text)));
            manager.registerSecret(Secret.of(SecretName.of(name), schema, content));
        } catch (CofferException e) {
            throw new ExtensionConfigurationException(place + ": " + sentence(e), e);
        } finally {
            content.values().forEach(SecretValue::close);
        }
    }

    static String sentence(CofferException e) {
        return e.getMessage() + e.hint().map(hint -> " (" + hint + ")").orElse("");
    }

    /** Without the values. */
    @Override
    public String toString() {
        return place;
    }
}
