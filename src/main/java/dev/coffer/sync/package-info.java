/**
 * The local store and its remote targets: observe, plan, apply, resolve.
 *
 * <pre>
 * bases (records)  ─┐
 * heads (SyncStore) ┼─▶ Planner (pure) ─▶ Plan ─▶ Applier ─▶ one transaction at home, or journal → send → confirm
 * Observation      ─┘                       └▶ Resolver: the loser becomes a version, the base moves
 * </pre>
 *
 * <p>Everything is told apart by keyed fingerprints of values; values themselves are only held while one secret is
 * moved. Nothing is decided by a clock.
 */
@NullMarked
package dev.coffer.sync;

import org.jspecify.annotations.NullMarked;
