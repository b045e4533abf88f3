/**
 * The tables of a store in SQLite, its migrations, the marker beside it and the permissions of its files. This package
 * keeps sealed bytes: it knows neither keys nor values. {@code java.sql}, sqlite-jdbc and Flyway appear nowhere else.
 *
 * <p>Every change is one transaction, durable when it returns: WAL, {@code synchronous=FULL}, {@code secure_delete}.
 */
@NullMarked
package dev.coffer.storage;

import org.jspecify.annotations.NullMarked;
