/**
 * The encrypted store: sealed rows, their log and their marker put together. What {@code crypto} keeps secret and
 * {@code storage} keeps durable, this package gives meaning: secrets of components, records, history, rotation, key
 * slots, verification, backup and restore.
 *
 * <p>Everything that is read is authenticated first. Every change is one transaction with its log row; the marker moves
 * after the commit.
 */
@NullMarked
package dev.coffer.vault;

import org.jspecify.annotations.NullMarked;
