/** Stacks and the components that they are made of. Their state lives in a {@code RecordStore}. */
@NullMarked
package dev.coffer.stack;

import org.jspecify.annotations.NullMarked;
