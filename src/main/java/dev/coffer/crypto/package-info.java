/**
 * The envelope, the keyring and the key slots; the only package that knows Tink and Bouncy Castle.
 *
 * <pre>
 * key slots (1..n)                root key            keyring (one blob)          DEK, one per version      payload
 * passphrase ─ Argon2id ─┐                         ┌ KEK keyset         ─ wraps ─▶ wrapped DEK ─ encrypts ─▶ JSON
 * key file ──────────────┼─ wraps ─▶ 256 bits ─ encrypts ─┤
 * recovery code ─────────┘                         ├ integrity keyset   (log chain, heads, records)
 *                                                  └ fingerprint keyset (keyed equality)
 * </pre>
 *
 * <p>Encryption is AES-256-GCM and authentication HMAC-SHA-256, both by Tink; a passphrase becomes a key by Argon2id,
 * by Bouncy Castle. What each ciphertext is bound to (its associated data) stands at the class that makes it:
 * {@link dev.coffer.crypto.KeySlot}, {@link dev.coffer.crypto.Keyring}, {@link dev.coffer.crypto.Envelope}. All
 * associated data and MAC input is built by {@link dev.coffer.crypto.CanonicalBytes}.
 *
 * <p>What a JVM cannot promise: Tink keeps keys in objects that cannot be overwritten. Closing lets go of them, so that
 * they vanish with the next garbage collection.
 */
@NullMarked
package dev.coffer.crypto;

import org.jspecify.annotations.NullMarked;
