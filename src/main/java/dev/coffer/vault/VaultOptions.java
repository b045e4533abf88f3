package dev.coffer.vault;

import dev.coffer.crypto.KdfParameters;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.Notices;
import dev.coffer.secrets.RecordChange;
import java.time.Clock;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Everything that a vault needs to know.
 *
 * @param location where the store is
 * @param unlocker where its key comes from
 * @param createIfMissing whether a missing store is made at the first use
 * @param firstRecords makes what a new store holds from the beginning
 * @param schemas what secrets are checked against when they are written
 * @param keepVersions how many versions of each secret are kept, beside those that a synchronization needs; empty keeps
 *     all
 * @param clock for times that are shown; nothing is ordered by it
 * @param notices hears what a user should know
 * @param passphraseCost the Argon2id parameters of new slots; a fresh salt each
 */
public record VaultOptions(
        StoreLocation location,
        Unlocker unlocker,
        boolean createIfMissing,
        Supplier<List<RecordChange.Insert>> firstRecords,
        Supplier<SchemaCatalog> schemas,
        OptionalInt keepVersions,
        Clock clock,
        Notices notices,
        Supplier<KdfParameters> passphraseCost) {
    /** Checks the limit. */
    public VaultOptions {
        if (keepVersions.isPresent() && keepVersions.getAsInt() < 1) {
            throw new IllegalArgumentException("at least one version is kept");
        }
    }

    /** A store at a place, with all else as users get it. */
    public static VaultOptions at(StoreLocation location, Unlocker unlocker) {
        return new VaultOptions(
                location,
                unlocker,
                false,
                List::of,
                SchemaCatalog::builtIn,
                OptionalInt.empty(),
                Clock.systemUTC(),
                sentence -> {},
                KdfParameters::recommended);
    }

    /** With another source of its key. */
    VaultOptions withUnlocker(Unlocker other) {
        return new VaultOptions(
                location, other, createIfMissing, firstRecords, schemas, keepVersions, clock, notices, passphraseCost);
    }

    /** Made at the first use if it is missing. */
    public VaultOptions creatingIfMissing() {
        return with(true, firstRecords, schemas, keepVersions, clock, notices, passphraseCost);
    }

    /** With records that a new store holds from the beginning. */
    public VaultOptions withFirstRecords(Supplier<List<RecordChange.Insert>> records) {
        return with(createIfMissing, records, schemas, keepVersions, clock, notices, passphraseCost);
    }

    /** With a limit on history. */
    public VaultOptions withKeepVersions(OptionalInt limit) {
        return with(createIfMissing, firstRecords, schemas, limit, clock, notices, passphraseCost);
    }

    /** With another clock. */
    public VaultOptions withClock(Clock other) {
        return with(createIfMissing, firstRecords, schemas, keepVersions, other, notices, passphraseCost);
    }

    /** With another listener. */
    public VaultOptions withNotices(Notices other) {
        return with(createIfMissing, firstRecords, schemas, keepVersions, clock, other, passphraseCost);
    }

    /** With another cost of new slots. */
    public VaultOptions withPassphraseCost(Supplier<KdfParameters> cost) {
        return with(createIfMissing, firstRecords, schemas, keepVersions, clock, notices, cost);
    }

    private VaultOptions with(
            boolean create,
            Supplier<List<RecordChange.Insert>> records,
            Supplier<SchemaCatalog> catalog,
            OptionalInt limit,
            Clock time,
            Notices listener,
            Supplier<KdfParameters> cost) {
        return new VaultOptions(location, unlocker, create, records, catalog, limit, time, listener, cost);
    }
}
