/**
 * The flavor {@code gcp}: secrets in Google Cloud's Secret Manager, through Google's client over HTTP and JSON. Its classes
 * are loaded when an operation first needs them.
 */
@NullMarked
package dev.coffer.flavor.gcp;

import org.jspecify.annotations.NullMarked;
