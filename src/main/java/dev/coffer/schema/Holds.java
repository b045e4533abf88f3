package dev.coffer.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The form that the value of a key must have to be stored. A value that is stored already is never held against it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Holds {
    /** The form. */
    ValueFormat value();
}
