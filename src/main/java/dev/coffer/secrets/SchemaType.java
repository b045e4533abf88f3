package dev.coffer.secrets;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a record a secret schema. Its components are {@link SecretValue}s; the key of a component is its name in
 * snake case ({@code awsAccessKeyId} is {@code aws_access_key_id}); components annotated with JSpecify's
 * {@code @Nullable} are optional, the others required.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SchemaType {
    /** The TYPE, as stored with each secret; see {@link SchemaGrammar}. */
    String value();

    /** One sentence for listings. */
    String description() default "";
}
