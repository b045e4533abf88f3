package dev.coffer.vault;

import dev.coffer.secrets.SyncStore;
import dev.coffer.storage.RecordRow;
import java.util.List;
import java.util.UUID;

/** The versions upon which this store and a target last agreed, told from the names of the records alone. */
final class SyncBases {
    private static final int VERSION = 2; // SECRET-ID/TARGET-ID/VERSION/RECORD-ID

    private SyncBases() {}

    /**
     * A record of a base.
     *
     * @param recordId its identity
     * @param version which version of the secret it names
     */
    record Base(UUID recordId, long version) {}

    /** All bases of a secret, with whatever target. Each record is authenticated. */
    static List<Base> of(StoreView view, UUID secretId) {
        return view.tables().records().list(SyncStore.BASE, secretId + "/").stream()
                .map(view::checked)
                .map(SyncBases::base)
                .toList();
    }

    private static Base base(RecordRow row) {
        return new Base(row.id(), Long.parseLong(row.name().split("/", -1)[VERSION]));
    }
}
