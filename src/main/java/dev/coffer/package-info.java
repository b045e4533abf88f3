/**
 * coffer: an encrypted, local-first secrets store. Start at {@link dev.coffer.Coffer} and
 * {@link dev.coffer.CofferOptions}.
 *
 * <pre>
 *   cli ──▶ Coffer ──▶ stack ──▶ flavor ──▶ vault ──▶ crypto    Tink, Bouncy Castle
 *              │                    │         ├─────▶ storage   SQLite, Flyway
 *              │                    └─────────┴─────▶ schema
 *              └── everything speaks the words of secrets and component
 * </pre>
 *
 * <p>Promises: a store written by one release opens in every later one; what a command acknowledged is durable; nothing
 * unauthenticated is handed out; no secret value is in any message.
 *
 * <p>Against whom: somebody who gets a copy of the store (a backup, a synced folder, a stolen disk) reads names, types
 * and times but neither keys nor values, without a passphrase, key file or recovery code. Somebody who can write to the
 * store cannot change, move or put back anything without being noticed: by the next read, by the marker, or by
 * {@code verify}. Not against: somebody who runs as the user (malware can read the key file and the memory), somebody
 * who puts the whole home back to yesterday, marker included, and traffic analysis of how often the store changes.
 */
@NullMarked
package dev.coffer;

import org.jspecify.annotations.NullMarked;
