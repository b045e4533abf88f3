/** The command: picocli commands, one class each, and how they read and print. Nothing else prints. */
@NullMarked
package dev.coffer.cli;

import org.jspecify.annotations.NullMarked;
