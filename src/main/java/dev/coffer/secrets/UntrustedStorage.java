package dev.coffer.secrets;

/**
 * Keeps ciphertext where somebody else has control of it. Every answer is authenticated, versions of a name never go
 * back, also not over a deletion, and a deleted secret is told by {@link Versioned#tombstones()}: whoever remembers the
 * versions that it saw notices what was put back or taken away.
 */
public interface UntrustedStorage extends Versioned {}
