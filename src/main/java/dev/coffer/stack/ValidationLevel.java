package dev.coffer.stack;

/** How closely the references of a component are checked before anybody needs their values. */
public enum ValidationLevel {
    /** Not at all. */
    NONE,
    /** Whether there is a secret of each name; the names are listed and no secret is read. */
    SECRET_EXISTS,
    /** Whether each secret has the keys that are named; each secret is read once. */
    SECRET_AND_KEY_EXISTS
}
