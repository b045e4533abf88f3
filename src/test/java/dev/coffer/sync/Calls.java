package dev.coffer.sync;

import dev.coffer.secrets.SecretsManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is asked of a secrets manager, with all its capabilities. */
final class Calls {
    private static final List<String> WRITES =
            List.of("register", "update", "merge", "delete", "rename", "adopt", "recover", "purge", "rollback");

    private final List<String> names = new ArrayList<>();

    SecretsManager of(SecretsManager manager) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> type = manager.getClass(); type != null; type = type.getSuperclass()) {
            interfaces.addAll(Arrays.asList(type.getInterfaces()));
        }
        return (SecretsManager) Proxy.newProxyInstance(
                Calls.class.getClassLoader(), interfaces.toArray(new Class<?>[0]), (proxy, method, arguments) -> {
                    synchronized (names) {
                        names.add(method.getName());
                    }
                    try {
                        return method.invoke(manager, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    void clear() {
        synchronized (names) {
            names.clear();
        }
    }

    /** Those that change something. */
    List<String> writes() {
        synchronized (names) {
            return names.stream()
                    .filter(name -> WRITES.stream().anyMatch(name::startsWith))
                    .toList();
        }
    }
}
