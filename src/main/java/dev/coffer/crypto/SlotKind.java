package dev.coffer.crypto;

/** The ways to unlock a store. The text is stored and authenticated: it never changes. */
public enum SlotKind {
    /** A passphrase that a person knows, stretched by Argon2id. */
    PASSPHRASE("passphrase"),
    /** A file with 256 random bits. */
    KEY_FILE("key-file"),
    /** A printed code of 160 random bits, stretched by Argon2id. */
    RECOVERY_CODE("recovery-code"),
    /** 256 random bits in the keychain of the operating system. */
    KEYCHAIN("keychain");

    private final String text;

    SlotKind(String text) {
        this.text = text;
    }

    /** Whether text opens it, which a person knows or has on paper: nothing on the machine is needed. */
    public boolean isText() {
        return this == PASSPHRASE || this == RECOVERY_CODE;
    }

    /** As stored and shown. */
    public String text() {
        return text;
    }
}
