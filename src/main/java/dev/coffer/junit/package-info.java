/**
 * Secrets in tests, offline: {@link dev.coffer.junit.CofferTest} gives each JUnit Jupiter test a store of its own, which
 * {@link dev.coffer.junit.CofferSecret} and {@link dev.coffer.junit.CofferSecrets} fill, and whose content
 * {@link dev.coffer.junit.SecretKey} hands to parameters. JUnit is not among what coffer brings along: a project that
 * tests has it.
 */
@NullMarked
package dev.coffer.junit;

import org.jspecify.annotations.NullMarked;
