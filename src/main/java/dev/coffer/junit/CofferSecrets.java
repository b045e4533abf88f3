package dev.coffer.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Files with secrets that a {@link CofferTest} store holds from the beginning, at the same places as
 * {@link CofferSecret}. Each is JSON of at most 16 MiB; without {@code schema} a secret is {@code arbitrary}:
 *
 * <pre>{@code
 * {"prod/db": {"schema": "basic_auth", "values": {"username": "ada", "password": "lovelace"}},
 *  "deploy": {"values": {"token": "t-1"}}}
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CofferSecrets {
    /** Class path resources: beside the test class, or anywhere with a {@code /} in front. */
    String[] value();
}
