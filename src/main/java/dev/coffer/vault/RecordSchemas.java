package dev.coffer.vault;

import dev.coffer.component.ExtensionJars;
import dev.coffer.schema.SchemaSource;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.StoredRecord;
import java.util.List;
import java.util.Optional;

/** Custom schemas out of the records of a store. */
final class RecordSchemas {
    private RecordSchemas() {}

    static SchemaSource of(RecordStore store, ExtensionJars jars) {
        return new SchemaSource() {
            @Override
            public ExtensionJars jars() {
                return jars;
            }

            @Override
            public Optional<StoredRecord> find(String type) {
                return store.findRecord(KIND, type);
            }

            @Override
            public List<StoredRecord> list() {
                return store.listRecords(KIND);
            }
        };
    }

    static SchemaSource of(StoreView view, ExtensionJars jars) {
        return new SchemaSource() {
            @Override
            public ExtensionJars jars() {
                return jars;
            }

            @Override
            public Optional<StoredRecord> find(String type) {
                return view.tables().records().find(KIND, type).map(row -> Vault.stored(view, row));
            }

            @Override
            public List<StoredRecord> list() {
                return view.tables().records().list(KIND).stream()
                        .map(row -> Vault.stored(view, row))
                        .toList();
            }
        };
    }
}
