package dev.coffer.stack;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import java.util.List;
import java.util.function.Supplier;

/** Changes that are thought over again when somebody else was faster. */
final class Attempts {
    private static final int MOST = 5;

    /** What is to be written, from what was read just now, and what it comes to. */
    record Plan<T>(List<RecordChange> changes, T result) {}

    private Attempts() {}

    /** Reads several records; once more if they do not fit, because somebody may have changed them between two reads. */
    static <T> T read(Supplier<T> reading) {
        for (int attempt = 1; ; attempt++) {
            try {
                return reading.get();
            } catch (IntegrityException e) {
                if (attempt == MOST) {
                    throw e;
                }
            }
        }
    }

    static <T> T change(RecordStore records, Supplier<Plan<T>> planning) {
        for (int attempt = 1; ; attempt++) {
            Plan<T> plan = planning.get();
            try {
                if (!plan.changes().isEmpty()) {
                    records.changeRecords(plan.changes());
                }
                return plan.result();
            } catch (ConflictException | RecordExistsException | NoSuchRecordException e) {
                if (attempt == MOST) {
                    throw e;
                }
            }
        }
    }
}
