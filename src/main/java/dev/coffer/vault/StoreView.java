package dev.coffer.vault;

import dev.coffer.crypto.Binding;
import dev.coffer.crypto.ContentJson;
import dev.coffer.crypto.Envelope;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.SealedContent;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Printable;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.SlotRow;
import dev.coffer.storage.Tables;
import dev.coffer.storage.VersionRow;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One snapshot of the store with the keyring that belongs to it. Rows are authenticated on their way out. */
class StoreView {
    private final Tables tables;
    private Keyring keyring;
    private final UUID storeId;

    StoreView(Tables tables, Keyring keyring, UUID storeId) {
        this.tables = tables;
        this.keyring = keyring;
        this.storeId = storeId;
    }

    Tables tables() {
        return tables;
    }

    Keyring keyring() {
        return keyring;
    }

    UUID storeId() {
        return storeId;
    }

    /** Goes on with another keyring. */
    final void use(Keyring next) {
        keyring = next;
    }

    /** The row of the log, if it is what was written after the row before it. */
    final LogRow checked(LogRow row) {
        byte[] previous = tables.log().previous(row.sequence()).map(LogRow::mac).orElse(new byte[0]);
        if (!keyring.verifiesLog(row.sequence(), row.mac(), RowMacs.log(storeId, previous, row))) {
            throw changed("row " + row.sequence() + " of the log", "log");
        }
        return row;
    }

    /** Refuses a head that coffer did not write, whenever that was. */
    final void genuine(HeadRow head) {
        if (!keyring.verifies(head.mac(), RowMacs.head(storeId, head))) {
            throw changed("the entry of secret " + Printable.quote(head.name()), head.name());
        }
    }

    /** The head, if it is what was written last under its identity. */
    HeadRow checked(HeadRow head) {
        genuine(head);
        if (head.lastChange() != head.sequence()) {
            throw notAsWritten(
                    head,
                    "an older entry of secret " + Printable.quote(head.name())
                            + " was put back: the log knows a later change");
        }
        return head;
    }

    /** The next version of something, above all that it may have had in a history that was given up. */
    final long versionAfter(long version) {
        long floor = 0;
        for (LogRow row : tables.log().acceptances()) {
            floor = Math.max(floor, checked(row).version());
        }
        return Math.addExact(Math.max(version, floor), 1);
    }

    /** The record, if it is what was written last under its identity. */
    RecordRow checked(RecordRow row) {
        String what = "the " + row.kind() + " record " + Printable.quote(row.name());
        if (!keyring.verifies(row.mac(), RowMacs.record(storeId, row))) {
            throw changed(what, row.name());
        }
        requireLast(row.id(), row.sequence(), LogKind.RECORD, what);
        return row;
    }

    private void requireLast(UUID subject, long sequence, LogKind kind, String what) {
        Optional<LogRow> last = tables.log().lastStateChange(subject);
        if (last.isEmpty()
                || last.get().sequence() != sequence
                || !last.get().kind().equals(kind.text())) {
            throw new IntegrityException(
                    what + " is not the one that was written last: an older one was put back",
                    null,
                    "'coffer verify' names all damage; 'coffer restore' brings back a backup");
        }
    }

    /** The slot, if it is what was written. */
    SlotRow checked(SlotRow row) {
        if (!keyring.verifies(row.mac(), RowMacs.slot(storeId, row))) {
            throw changed("the " + row.kind() + " slot " + row.id(), row.id().toString());
        }
        requireLast(row.id(), row.sequence(), LogKind.SLOT, "the " + row.kind() + " slot " + row.id());
        return row;
    }

    /** The body of a record. */
    byte[] body(RecordRow row) {
        return Envelope.open(
                keyring, binding(checked(row)), sealed(row), "the " + row.kind() + " record " + row.name());
    }

    /** The values of a version, in clear. */
    ContentJson.Content content(VersionRow row, String name) {
        byte[] clear = Envelope.open(keyring, binding(row), sealed(row), what(row, name));
        try {
            return ContentJson.decode(clear);
        } catch (IOException e) {
            throw new IntegrityException(what(row, name) + " is not what coffer writes", name, null);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** The keys and the origin of a version. */
    ContentJson.Outline outline(VersionRow row, String name) {
        byte[] clear = Envelope.open(keyring, binding(row), sealed(row), what(row, name));
        try {
            return ContentJson.outline(clear);
        } catch (IOException e) {
            throw new IntegrityException(what(row, name) + " is not what coffer writes", name, null);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /**
     * The current version of a head, if the two fit.
     *
     * @param version the version that the head names; null if it is gone
     * @param newest the greatest version number that is stored
     */
    VersionRow current(HeadRow head, @Nullable VersionRow version, long newest) {
        if (version == null) {
            throw notAsWritten(
                    head, "version " + head.version() + " of secret " + head.name() + " was removed from the store");
        }
        requireNewest(head, newest);
        if (!MessageDigest.isEqual(head.digest(), RowMacs.versionDigest(version))) {
            throw notAsWritten(
                    head,
                    "version " + head.version() + " of secret " + head.name() + " is not the one that was written");
        }
        return version;
    }

    /**
     * Refuses a head that names another version than the newest.
     *
     * @param newest the greatest version number that is stored; 0 if there is none
     */
    void requireNewest(HeadRow head, long newest) {
        if (newest < head.version()) {
            throw notAsWritten(
                    head, "version " + head.version() + " of secret " + head.name() + " was removed from the store");
        }
        if (newest != head.version()) {
            throw notAsWritten(
                    head,
                    "an older entry of secret " + head.name() + " was put back: it names version " + head.version()
                            + ", but there is version " + newest);
        }
    }

    /** As {@link #current(HeadRow, VersionRow, long)}, read now. */
    VersionRow current(HeadRow head) {
        return current(
                head,
                tables.secrets().findVersion(head.secretId(), head.version()).orElse(null),
                tables.secrets().newestVersion(head.secretId()));
    }

    /** A version that need not be the current one, if it is the one that the log knows. */
    VersionRow logged(VersionRow version, String name) {
        Optional<LogRow> row = tables.log().find(version.sequence());
        if (row.isEmpty() || !RowMacs.isOf(row.get(), version)) {
            throw new IntegrityException(
                    what(version, name) + " is not the one that the log knows",
                    name,
                    "'coffer verify' names all damage; 'coffer restore' brings back a backup");
        }
        checked(row.get());
        return version;
    }

    private static IntegrityException notAsWritten(HeadRow head, String sentence) {
        return new IntegrityException(
                sentence,
                Printable.text(head.name()),
                "'coffer verify' names all damage; 'coffer restore' brings back a backup");
    }

    static String what(VersionRow row, String name) {
        return "version " + row.version() + " of secret " + name;
    }

    Binding binding(VersionRow row) {
        return new Binding(
                "secret", storeId, row.secretId(), row.version(), row.schemaType(), row.created(), row.deleted());
    }

    Binding binding(RecordRow row) {
        return new Binding("record", storeId, row.id(), row.version(), row.kind());
    }

    static SealedContent sealed(VersionRow row) {
        return new SealedContent(row.kekId(), row.wrappedDek(), row.payload());
    }

    static SealedContent sealed(RecordRow row) {
        return new SealedContent(row.kekId(), row.wrappedDek(), row.payload());
    }

    private static IntegrityException changed(String what, String name) {
        return new IntegrityException(
                what + " was changed by somebody else than coffer",
                Printable.text(name),
                "'coffer verify' names all damage; 'coffer restore' brings back a backup");
    }
}
