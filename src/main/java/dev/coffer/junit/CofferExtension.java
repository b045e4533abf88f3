package dev.coffer.junit;

import dev.coffer.Coffer;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.lang.reflect.Parameter;
import java.util.UUID;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * What {@link CofferTest} does. It has no state: what a test uses is kept in JUnit's own store for that test, which
 * closes it in the end.
 */
final class CofferExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(CofferExtension.class);

    /** With this a constructor is given the store of its test, not one of the class. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        prepare(context);
    }

    /** Made before it is asked for, so that a wrong annotation fails the test in any case. */
    @Override
    public void beforeEach(ExtensionContext context) {
        prepare(context);
    }

    private static void prepare(ExtensionContext context) {
        StoreSite.of(context).ifPresent(site -> {
            site.requireNoStraySeeds(context);
            storeAt(site);
        });
    }

    private static TestStore storeAt(StoreSite site) {
        ExtensionContext owner = site.owner();
        // A key of its own for each level: JUnit looks into the levels above, too.
        return owner.getStore(NAMESPACE).computeIfAbsent(owner.getUniqueId(), id -> site.make(), TestStore.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Coffer.class || type == SecretsManager.class || parameter.isAnnotated(SecretKey.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        StoreSite site = StoreSite.of(context)
                .orElseThrow(() -> new ParameterResolutionException("parameter " + parameter.getParameter() + " of "
                        + parameter.getDeclaringExecutable()
                        + ": each test has a store of its own, so there is none outside of the tests;"
                        + " @CofferTest(lifecycle = PER_CLASS) makes one for the whole class"));
        Coffer coffer = storeAt(site).coffer();
        Class<?> type = parameter.getParameter().getType();
        if (type == Coffer.class) {
            return coffer;
        }
        SecretsManager manager = closedWith(context, coffer.secrets());
        return parameter
                .findAnnotation(SecretKey.class)
                .map(key -> named(key.value(), parameter.getParameter(), manager, context))
                .orElse(manager);
    }

    private static Object named(String key, Parameter parameter, SecretsManager manager, ExtensionContext context) {
        Class<?> type = parameter.getType();
        try {
            if (type == String.class || type == SecretValue.class) {
                int slash = key.lastIndexOf('/');
                if (slash < 0) {
                    throw wrong(key, parameter, "one value is named by NAME/KEY");
                }
                try (Secret secret = manager.getSecret(SecretName.of(key.substring(0, slash)))) {
                    SecretValue value = secret.value(key.substring(slash + 1));
                    return type == String.class ? value.revealText() : closedWith(context, value.copy());
                }
            }
            if (type == Secret.class) {
                return closedWith(context, manager.getSecret(SecretName.of(key)));
            }
            if (type.isRecord() && type.isAnnotationPresent(SchemaType.class)) {
                try (Secret secret = manager.getSecret(SecretName.of(key))) {
                    return secret.as(type.asSubclass(Record.class));
                }
            }
        } catch (CofferException e) {
            ParameterResolutionException wrong = wrong(key, parameter, Seed.sentence(e));
            wrong.initCause(e);
            throw wrong;
        }
        throw wrong(key, parameter, "a String, SecretValue, Secret or schema record can be had, no " + type.getName());
    }

    private static <T extends AutoCloseable> T closedWith(ExtensionContext context, T resource) {
        context.getStore(NAMESPACE).put(UUID.randomUUID(), resource);
        return resource;
    }

    private static ParameterResolutionException wrong(String key, Parameter parameter, String trouble) {
        String place = "@SecretKey(\"" + key + "\") on a parameter of " + parameter.getDeclaringExecutable();
        return new ParameterResolutionException(place + ": " + trouble);
    }
}
