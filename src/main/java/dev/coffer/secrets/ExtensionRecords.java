package dev.coffer.secrets;

import dev.coffer.component.ExtensionException;
import dev.coffer.component.ExtensionJar;
import dev.coffer.component.ExtensionJars;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes the records of extensions together with the jars that they name by SHA-256: a jar is there before a record
 * names it, and gone when none does any more.
 */
public final class ExtensionRecords {
    /** The kind of records that flavors are. */
    public static final String FLAVOR = "flavor";

    /** The kind of records that custom schemas are. */
    public static final String SCHEMA = "schema";

    private static final Pattern HASH = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    private final RecordStore records;
    private final ExtensionJars jars;

    /** Changes these records and jars. */
    public ExtensionRecords(RecordStore records, ExtensionJars jars) {
        this.records = records;
        this.jars = jars;
    }

    /**
     * Makes all changes, or none. One process at a time: a jar that another is about to name is not removed.
     *
     * @param jar what the changed records name; empty if that is no jar
     * @throws StoreFileException if the jar cannot be copied
     * @throws RecordExistsException if a name is taken among the records of its kind
     * @throws NoSuchRecordException if a record to replace or remove is gone
     * @throws ConflictException if a record is at another version than expected
     */
    public void change(Optional<ExtensionJar> jar, List<RecordChange> changes) {
        if (jar.isEmpty() && !jars.exist()) {
            records.changeRecords(changes);
            return;
        }
        try {
            jars.changing(() -> {
                try {
                    jar.ifPresent(jars::add);
                    records.changeRecords(changes);
                } finally {
                    jars.keepOnly(named());
                }
                return true;
            });
        } catch (ExtensionException e) {
            throw new StoreFileException(String.valueOf(e.getMessage()), null, e.hint(), e);
        }
    }

    /** Everything in the records that looks like a hash: the form of a record is its owner's. */
    private Set<String> named() {
        Set<String> hashes = new HashSet<>();
        for (String kind : List.of(FLAVOR, SCHEMA)) {
            for (StoredRecord stored : records.listRecords(kind)) {
                Matcher matcher = HASH.matcher(new String(stored.body(), StandardCharsets.UTF_8));
                while (matcher.find()) {
                    hashes.add(matcher.group());
                }
            }
        }
        return hashes;
    }
}
