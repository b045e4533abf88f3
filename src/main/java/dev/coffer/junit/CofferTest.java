package dev.coffer.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a secrets store that is thrown away: encrypted, in a temporary folder, with a random key file, and removed
 * afterwards. Nothing of the user's own store, environment or network is touched, and tests may run in parallel.
 *
 * <p>On a class it is for all its tests, those of subclasses and {@code @Nested} classes too; on a method, it gives that
 * method a store of its own. Parameters of tests, lifecycle methods and constructors may be:
 *
 * <ul>
 *   <li>{@link dev.coffer.Coffer} and {@link dev.coffer.secrets.SecretsManager}: the store, and the secrets manager of
 *       its active stack;
 *   <li>what {@link SecretKey} names.
 * </ul>
 *
 * <p>With a store for each test, {@code @BeforeAll} and the constructor of a {@code TestInstance(PER_CLASS)} can have
 * none of these.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(CofferExtension.class)
public @interface CofferTest {
    /**
     * The flavor of the secrets manager: {@code local}, {@code memory}, or one on the class path that needs no
     * attributes.
     */
    String flavor() default "local";

    /** How long a store lives. */
    Lifecycle lifecycle() default Lifecycle.PER_METHOD;

    /** How long a store lives. */
    enum Lifecycle {
        /** Each test, and each invocation of a parameterized or repeated test, has its own. */
        PER_METHOD,
        /** All tests of the annotated class, {@code @Nested} ones included, share one. Not on a method. */
        PER_CLASS
    }
}
