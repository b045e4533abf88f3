-- Schema 2. Released: never edited; a test holds its checksum.
-- The log's last word on a secret is found without a search, so that every read notices an older entry that was put
-- back. From this schema on, stacks, registered flavors and registered schemas are records: an older coffer would not
-- know whose secrets it is asked for.

CREATE INDEX log_secret ON log (subject, sequence)
  WHERE kind IN ('register', 'update', 'delete', 'rollback', 'recover', 'rename', 'purge');

PRAGMA user_version = 2;
