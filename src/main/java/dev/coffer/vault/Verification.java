package dev.coffer.vault;

import dev.coffer.crypto.Envelope;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Progress;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.LogTable;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.SecretTable;
import dev.coffer.storage.SlotRow;
import dev.coffer.storage.VersionRow;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Walks the log and every row, on one snapshot. Rows stream by: memory does not grow with the store, except by what is
 * wrong.
 */
final class Verification {
    private static final int PROGRESS_STEP = 256;
    private static final int MAX_FINDINGS = 1_000; // a store in ruins need not be listed row by row

    private final StoreView view;
    private final Progress progress;
    private final List<Finding> findings = new ArrayList<>();
    private final long total;
    private long done;
    private long secrets;
    private long versions;
    private long records;
    private long logRows;

    Verification(StoreView view, Progress progress) {
        this.view = view;
        this.progress = progress;
        this.total = view.tables().log().count() + view.tables().secrets().countVersions();
    }

    /**
     * Looks at everything.
     *
     * @param structure what SQLite's own check finds, which may take its time
     */
    VerifyReport run(Supplier<List<String>> structure) {
        progress.at(0, total);
        walkLog();
        checkKeyring();
        view.tables().keys().slots().forEach(this::checkSlot);
        view.tables().records().all().forEach(this::checkRecord);
        view.tables().secrets().eachHeadAndNewest(this::checkHead);
        view.tables().secrets().eachVersion(this::checkVersion);
        checkWhatIsMissing();
        view.tables().log().eachLastChangeBesideHeads(this::checkLastChange);
        for (String trouble : structure.get()) {
            add(Finding.Kind.STRUCTURE, "database", "SQLite finds the file damaged: " + Printable.text(trouble));
        }
        progress.at(total, total);
        return new VerifyReport(secrets, versions, records, logRows, findings);
    }

    private void walkLog() {
        LogRow[] previous = new LogRow[1];
        view.tables().log().each(row -> {
            step();
            logRows++;
            checkChain(Optional.ofNullable(previous[0]), row);
            previous[0] = row;
        });
        long last = previous[0] == null ? 0 : previous[0].sequence();
        if (view.tables().log().greatestSequenceInUse() > last) {
            add(Finding.Kind.LOG, "change " + (last + 1), "the log was cut after change " + last);
        }
    }

    private void checkChain(Optional<LogRow> previous, LogRow row) {
        byte[] previousMac = previous.map(LogRow::mac).orElse(new byte[0]);
        boolean genuine =
                view.keyring().verifiesLog(row.sequence(), row.mac(), RowMacs.log(view.storeId(), previousMac, row));
        long expected = previous.map(LogRow::sequence).orElse(0L) + 1;
        boolean leapAllowed = genuine
                && (row.kind().equals(LogKind.ACCEPT_OLDER.text()) || row.kind().equals(LogKind.RESTORE.text()));
        if (row.sequence() != expected && !leapAllowed) {
            String missing = expected == row.sequence() - 1
                    ? "change " + expected + " was"
                    : "changes " + expected + " to " + (row.sequence() - 1) + " were";
            add(Finding.Kind.LOG, "change " + expected, missing + " deleted from the log");
        } else if (!genuine) {
            add(
                    Finding.Kind.LOG,
                    "change " + row.sequence(),
                    "row " + row.sequence() + " of the log was edited, or rows around it were reordered");
        }
    }

    private void checkKeyring() {
        Optional<LogRow> last = view.tables().log().lastKeyringRow();
        byte[] digest =
                RowMacs.keyringDigest(view.tables().keys().store().orElseThrow().keyring());
        if (last.isEmpty()
                || last.get().version() != view.keyring().generation()
                || !MessageDigest.isEqual(last.get().digest(), digest)) {
            add(Finding.Kind.KEYRING, "keyring", "the keyring is not the one that was written last");
        }
    }

    private void checkSlot(SlotRow row) {
        String name = "slot " + row.id();
        try {
            view.checked(row);
        } catch (IntegrityException e) {
            add(Finding.Kind.SLOT, name, e.getMessage());
            return;
        }
        boolean logged = view.tables()
                .log()
                .find(row.sequence())
                .filter(log -> MessageDigest.isEqual(
                        log.digest(), RowMacs.slotDigest(row.kind(), row.parameters(), row.wrappedRootKey())))
                .isPresent();
        if (!logged) {
            add(Finding.Kind.SLOT, name, "the " + row.kind() + " " + name + " is not the one that the log knows");
        }
    }

    private void checkRecord(RecordRow row) {
        records++;
        String name = row.kind() + " " + Printable.text(row.name());
        try {
            view.body(row);
        } catch (IntegrityException e) {
            add(Finding.Kind.RECORD, name, e.getMessage());
            return;
        }
        boolean logged = view.tables()
                .log()
                .find(row.sequence())
                .filter(log -> log.subject().equals(Optional.of(row.id()))
                        && log.version() == row.version()
                        && MessageDigest.isEqual(
                                log.digest(), RowMacs.recordDigest(row.kind(), row.name(), row.payload())))
                .isPresent();
        if (!logged) {
            add(Finding.Kind.RECORD, name, "the " + name + " is not the one that the log knows");
        }
    }

    private void checkHead(HeadRow head, long newestVersion) {
        secrets++;
        String name = Printable.text(head.name());
        try {
            view.genuine(head); // whether it is the last one is told apart below
            view.requireNewest(head, newestVersion);
        } catch (IntegrityException e) {
            add(Finding.Kind.HEAD, name, e.getMessage());
        }
        if (head.lastChange() != head.sequence()) {
            checkLastChange(head);
        }
    }

    /** What the log says last of a secret whose head is there, and does not name that row of the log. */
    private void checkLastChange(HeadRow head) {
        String name = Printable.text(head.name());
        Optional<LogRow> last = view.tables().log().find(head.lastChange());
        if (last.isPresent() && last.get().kind().equals(LogKind.PURGE.text())) {
            add(Finding.Kind.PUT_BACK, name, "the purged secret " + name + " was put back");
        } else {
            add(
                    Finding.Kind.HEAD,
                    name,
                    "an older entry of secret " + name + " was put back: the log ends with" + " version "
                            + last.map(LogRow::version).orElse(0L));
        }
    }

    private void checkVersion(SecretTable.KnownVersion known) {
        step();
        versions++;
        VersionRow row = known.row();
        byte[] digest = RowMacs.versionDigest(row);
        try {
            SecretTable.Logged logged = known.logged(); // by a row whose own MAC was checked on the walk
            if (logged == null
                    || !logged.subject().equals(row.secretId())
                    || logged.version() != row.version()
                    || !MessageDigest.isEqual(logged.digest(), digest)) {
                throw new IntegrityException("unknown to the log", null, null);
            }
            byte[] clear = Envelope.open(view.keyring(), view.binding(row), StoreView.sealed(row), "");
            Arrays.fill(clear, (byte) 0);
        } catch (IntegrityException e) {
            add(
                    Finding.Kind.VERSION,
                    name(row.secretId()),
                    what(row) + " was changed, moved, or is not the one that the log knows");
        }
        if (known.current() == row.version()) {
            checkCurrent(known, digest);
        }
    }

    /** The current version against its head; a head that was not written with it was renamed, or its version resealed. */
    private void checkCurrent(SecretTable.KnownVersion known, byte[] digest) {
        UUID id = known.row().secretId();
        if (!MessageDigest.isEqual(known.headDigest(), digest)) {
            String name = name(id);
            add(Finding.Kind.HEAD, name, what(known.row()) + " is not the one that was written");
        }
        if (known.headSequence() != known.row().sequence()) {
            view.tables().secrets().findHead(id).ifPresent(this::checkNamedByLog);
        }
    }

    private void checkNamedByLog(HeadRow head) {
        String name = Printable.text(head.name());
        Optional<LogRow> last = view.tables().log().find(head.sequence());
        if (last.isEmpty()
                || !last.get().subject().equals(Optional.of(head.secretId()))
                || last.get().version() != head.version()) {
            add(Finding.Kind.HEAD, name, "the entry of secret " + name + " is not the one that the log knows");
        } else if (last.get().kind().equals(LogKind.RENAME.text())
                && !MessageDigest.isEqual(
                        last.get().digest(), RowMacs.nameDigest(view.keyring(), head.componentId(), head.name()))) {
            add(Finding.Kind.HEAD, name, "secret " + name + " has another name than the log knows");
        }
    }

    private void checkWhatIsMissing() {
        for (LogRow row : view.tables().log().writesOfMissingVersions(MAX_FINDINGS)) {
            if (row.subject().isEmpty()) {
                continue; // the walk has named this row
            }
            UUID secretId = row.subject().get();
            add(
                    Finding.Kind.MISSING,
                    name(secretId),
                    "version " + row.version() + " of secret " + name(secretId) + " was removed from the store");
        }
        for (LogTable.VersionRef ref : view.tables().log().versionsThatCameBack(MAX_FINDINGS)) {
            add(
                    Finding.Kind.PUT_BACK,
                    name(ref.secretId()),
                    "version " + ref.version() + " of secret " + name(ref.secretId())
                            + " was removed by coffer and put back by somebody else");
        }
    }

    /** The last thing that the log says of a record, a slot or a secret without a head, against what is there. */
    private void checkLastChange(UUID subject, long sequence, String kind, long version) {
        if (kind.equals(LogKind.SLOT.text())) {
            requireThere(slot(subject), Finding.Kind.SLOT, "the key slot " + subject);
        } else if (kind.equals(LogKind.SLOT_REMOVE.text())) {
            requireGone(slot(subject), Finding.Kind.SLOT, "the key slot " + subject);
        } else if (kind.equals(LogKind.RECORD.text())) {
            checkRecordSequence(subject, sequence);
        } else if (kind.equals(LogKind.RECORD_REMOVE.text())) {
            requireGone(view.tables().records().find(subject).isPresent(), Finding.Kind.RECORD, "record " + subject);
        } else if (!kind.equals(LogKind.PURGE.text())) {
            requireThere(false, Finding.Kind.MISSING, "the entry of secret " + subject);
        }
    }

    private boolean slot(UUID id) {
        return view.tables().keys().slots().stream().anyMatch(row -> row.id().equals(id));
    }

    private void checkRecordSequence(UUID id, long sequence) {
        Optional<RecordRow> row = view.tables().records().find(id);
        requireThere(row.isPresent(), Finding.Kind.RECORD, "record " + id);
        if (row.isPresent() && row.get().sequence() != sequence) {
            add(
                    Finding.Kind.RECORD,
                    row.get().name(),
                    "an older state of record " + row.get().name() + " was put back");
        }
    }

    private void requireThere(boolean there, Finding.Kind kind, String what) {
        if (!there) {
            add(kind, what, what + " was removed from the store");
        }
    }

    private void requireGone(boolean there, Finding.Kind kind, String what) {
        if (there) {
            add(kind, what, what + " was removed by coffer and put back by somebody else");
        }
    }

    private String name(UUID secretId) {
        return view.tables()
                .secrets()
                .findHead(secretId)
                .map(head -> Printable.text(head.name()))
                .orElse(secretId.toString());
    }

    private String what(VersionRow row) {
        return StoreView.what(row, name(row.secretId()));
    }

    private void step() {
        done++;
        if (done % PROGRESS_STEP == 0) {
            progress.at(Math.min(done, total), total);
        }
    }

    private void add(Finding.Kind kind, String subject, String sentence) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new Finding(kind, subject, sentence));
        }
    }
}
