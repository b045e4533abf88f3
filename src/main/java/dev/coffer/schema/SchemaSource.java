package dev.coffer.schema;

import dev.coffer.component.ExtensionJars;
import dev.coffer.secrets.ExtensionRecords;
import dev.coffer.secrets.StoredRecord;
import java.util.List;
import java.util.Optional;

/** Where the records of custom schemas are read. They are authenticated before they come from here. */
public interface SchemaSource {
    /** The kind of records that hold custom schemas; their name is the TYPE. */
    String KIND = ExtensionRecords.SCHEMA;

    /** No custom schemas. */
    SchemaSource NONE = new SchemaSource() {
        @Override
        public Optional<StoredRecord> find(String type) {
            return Optional.empty();
        }

        @Override
        public List<StoredRecord> list() {
            return List.of();
        }

        @Override
        public ExtensionJars jars() {
            throw new IllegalStateException("there are no records that could name one");
        }
    };

    /** The record of the schema of that type, if there is one. */
    Optional<StoredRecord> find(String type);

    /** All records of schemas. */
    List<StoredRecord> list();

    /** The jars that hold the classes of schemas. */
    ExtensionJars jars();
}
