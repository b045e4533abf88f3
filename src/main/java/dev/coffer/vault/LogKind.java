package dev.coffer.vault;

/** What a row of the log says happened. The texts are stored and authenticated: they never change. */
enum LogKind {
    CREATE("create"),
    REGISTER("register"),
    UPDATE("update"),
    DELETE("delete"),
    ROLLBACK("rollback"),
    RECOVER("recover"),
    RENAME("rename"),
    RESEAL("reseal"),
    PRUNE("prune"),
    PURGE("purge"),
    RECORD("record"),
    RECORD_REMOVE("record-remove"),
    SLOT("slot"),
    SLOT_REMOVE("slot-remove"),
    KEYRING("keyring"),
    ACCEPT_OLDER("accept-older"),
    RESTORE("restore");

    private final String text;

    LogKind(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
