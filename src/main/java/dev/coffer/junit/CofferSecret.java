package dev.coffer.junit;

import dev.coffer.secrets.Secret;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A secret that a {@link CofferTest} store holds from the beginning. On a class it is for all tests, on a method for that
 * one besides those of its classes; where tests share a store, only on the class that shares it or those around it.
 */
@Documented
@Inherited
@Repeatable(CofferSecret.Several.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CofferSecret {
    /** The name of the secret. */
    String name();

    /** The TYPE of its schema, which it must fit. */
    String schema() default Secret.ARBITRARY;

    /** Its content, {@code KEY=VALUE} each; the first {@code =} splits. */
    String[] values();

    /** What the compiler makes of more than one. */
    @Documented
    @Inherited
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    @interface Several {
        /** The secrets. */
        CofferSecret[] value();
    }
}
