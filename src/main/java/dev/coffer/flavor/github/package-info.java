/** The flavor {@code github}: secrets of GitHub Actions, which can be written and not read, over the HTTP client of the JDK. */
@NullMarked
package dev.coffer.flavor.github;

import org.jspecify.annotations.NullMarked;
