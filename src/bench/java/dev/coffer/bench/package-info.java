/**
 * What coffer promises about time and memory, measured: {@code mvn -B -Pbench verify}. The library against floors that
 * are written with JDBC and JCE alone, the command against the JVM and its peers.
 */
@NullMarked
package dev.coffer.bench;

import org.jspecify.annotations.NullMarked;
