package dev.coffer.flavor;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.ContractFixture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The clauses of contracts, run one by one. */
final class Clauses {
    private Clauses() {}

    /** The clause holds. */
    static void assertPass(Supplier<ContractFixture> contract, String name) {
        assertDoesNotThrow(() -> run(contract.get(), name));
    }

    /** Each of these clauses fails. */
    static void assertNoticed(Supplier<ContractFixture> contract, String... names) {
        for (String name : names) {
            assertThrows(InvocationTargetException.class, () -> run(contract.get(), name), () -> name + " passes");
        }
    }

    static void run(ContractFixture test, String name) throws ReflectiveOperationException {
        Method clause = of(test.getClass()).stream()
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no clause " + name));
        try {
            clause.invoke(test);
        } finally {
            Method cleanUp = ContractFixture.class.getDeclaredMethod("closeManagersAndCleanUp");
            cleanUp.setAccessible(true);
            cleanUp.invoke(test);
        }
    }

    static List<Method> of(Class<?> contract) {
        List<Method> clauses = new ArrayList<>();
        for (Class<?> type = contract; type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    method.setAccessible(true);
                    clauses.add(method);
                }
            }
        }
        return clauses;
    }
}
