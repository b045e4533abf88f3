package dev.coffer.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a parameter of a {@link CofferTest} is given out of the store, as it is when the parameter is resolved:
 *
 * <ul>
 *   <li>{@code @SecretKey("NAME/KEY")} on a {@code String} or {@link dev.coffer.secrets.SecretValue}: one value. The last
 *       {@code /} splits, because names may have one and keys may not;
 *   <li>{@code @SecretKey("NAME")} on a {@link dev.coffer.secrets.Secret}, or on a record that is a schema
 *       ({@link dev.coffer.secrets.SchemaType}): the whole secret.
 * </ul>
 *
 * <p>{@code Secret} and {@code SecretValue} are wiped after the test.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface SecretKey {
    /** {@code NAME} or {@code NAME/KEY}. */
    String value();
}
