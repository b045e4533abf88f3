package dev.coffer.flavor;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A memory secrets manager that does something wrong, to see whether the contracts notice. */
final class FaultyManager {
    private FaultyManager() {}

    /** What a method of the manager does instead of what it should. */
    interface Fault {
        @Nullable
        Object answer(Call call) throws Throwable;
    }

    /** A call of a manager that is right. */
    record Call(MemorySecretsManager manager, Method method, Object[] arguments) {
        /** What the right manager answers. */
        @Nullable
        Object proceed() throws Throwable {
            try {
                return method.invoke(manager, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        /** The first argument. */
        Secret secret() {
            return (Secret) arguments[0];
        }

        /** The first argument. */
        SecretName name() {
            return (SecretName) arguments[0];
        }
    }

    /** A manager with all capabilities that is wrong in all methods of one name. */
    static SecretsManager of(SecretsManager manager, String method, Fault fault) {
        return of(
                manager,
                call -> call.method().getName().equals(method) ? fault.answer(call) : call.proceed(),
                MemorySecretsManager.class.getInterfaces());
    }

    /** A manager with some capabilities whose every answer is a fault's. */
    static SecretsManager of(SecretsManager manager, Fault fault, Class<?>... capabilities) {
        return (SecretsManager) Proxy.newProxyInstance(
                FaultyManager.class.getClassLoader(),
                capabilities,
                (proxy, method, arguments) -> fault.answer(new Call(
                        (MemorySecretsManager) manager, method, arguments == null ? new Object[0] : arguments)));
    }

    /** For {@code getSecret}: hands out other values than were stored. */
    static Fault values(UnaryOperator<String> change) {
        return call -> {
            Map<String, SecretValue> content = new LinkedHashMap<>();
            try (Secret secret = call.manager().getSecret(call.name())) {
                secret.content()
                        .forEach((key, value) -> content.put(key, SecretValue.of(change.apply(value.revealText()))));
            }
            return Secret.of(call.name(), content);
        };
    }

    /** For {@code registerSecret}: stores under another name than was given. */
    static Fault stored(UnaryOperator<String> encoding) {
        return call -> call.manager()
                .registerSecret(Secret.of(
                        SecretName.of(encoding.apply(call.secret().name().value())),
                        call.secret().content()));
    }
}
