package dev.coffer.secrets;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The value that an optional key of a schema is stored with when it is not given. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface SchemaDefault {
    /** The value. It is public, so it is never a credential. */
    String value();

    /** Whether no other value is valid. */
    boolean only() default false;
}
