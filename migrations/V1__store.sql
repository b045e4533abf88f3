-- The first schema of a coffer store. Released: never edited; a test holds its checksum. Whatever changes the shape of
-- what is stored, the inside of a payload, a record's body or the keyring included, gets a migration with a new
-- user_version, so that an older coffer says that the store is newer and not that it is damaged.
-- In clear: ids, names, schema types, versions, times, KEK ids. In ciphertext: keys and values.
-- Ids are 16 bytes; times are milliseconds since 1970-01-01T00:00:00Z; MACs and digests are made in dev.coffer.vault.

PRAGMA application_id = 1668245106; -- 'cofr' in ASCII, so that other SQLite files are told apart

CREATE TABLE store (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  store_id   BLOB    NOT NULL CHECK (length(store_id) = 16),
  generation INTEGER NOT NULL CHECK (generation > 0),
  keyring    BLOB    NOT NULL
) STRICT;

CREATE TABLE slot (
  slot_id          BLOB    NOT NULL PRIMARY KEY CHECK (length(slot_id) = 16),
  kind             TEXT    NOT NULL,
  parameters       TEXT    NOT NULL,
  wrapped_root_key BLOB    NOT NULL,
  checksum         BLOB    NOT NULL,
  label            TEXT    NOT NULL,
  created          INTEGER NOT NULL,
  sequence         INTEGER NOT NULL, -- of the log row that wrote it
  mac              BLOB    NOT NULL
) STRICT;

-- One row per secret, deleted ones included: who it is and which version is current.
CREATE TABLE secret (
  secret_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(secret_id) = 16),
  component_id BLOB    NOT NULL CHECK (length(component_id) = 16),
  name         TEXT    NOT NULL,
  version      INTEGER NOT NULL CHECK (version > 0),
  deleted      INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  schema_type  TEXT    NOT NULL, -- of the current version, as are updated and digest
  created      INTEGER NOT NULL,
  updated      INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  digest       BLOB    NOT NULL CHECK (length(digest) = 32),
  mac          BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX secret_live_name ON secret (component_id, name) WHERE deleted = 0;
CREATE INDEX secret_dead_name ON secret (component_id, name, sequence) WHERE deleted = 1;

-- Small columns before large ones: SQLite walks over what stands in front.
CREATE TABLE secret_version (
  secret_id   BLOB    NOT NULL REFERENCES secret (secret_id) DEFERRABLE INITIALLY DEFERRED,
  version     INTEGER NOT NULL CHECK (version > 0),
  schema_type TEXT    NOT NULL,
  created     INTEGER NOT NULL,
  deleted     INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  sequence    INTEGER NOT NULL,
  kek_id      INTEGER NOT NULL CHECK (kek_id BETWEEN -2147483648 AND 2147483647),
  wrapped_dek BLOB    NOT NULL,
  payload     BLOB    NOT NULL,
  PRIMARY KEY (secret_id, version)
) STRICT;

CREATE INDEX secret_version_kek ON secret_version (kek_id);

-- Components, stacks, targets, schemas and other small state.
CREATE TABLE record (
  record_id   BLOB    NOT NULL PRIMARY KEY CHECK (length(record_id) = 16),
  kind        TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  version     INTEGER NOT NULL CHECK (version > 0),
  sequence    INTEGER NOT NULL,
  kek_id      INTEGER NOT NULL CHECK (kek_id BETWEEN -2147483648 AND 2147483647),
  mac         BLOB    NOT NULL,
  wrapped_dek BLOB    NOT NULL,
  payload     BLOB    NOT NULL,
  UNIQUE (kind, name)
) STRICT;

CREATE INDEX record_kek ON record (kek_id);

-- Append-only. Each row's MAC covers the MAC of the row before it.
CREATE TABLE log (
  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
  kind     TEXT    NOT NULL,
  subject  BLOB    NOT NULL, -- id of the secret, record or slot; empty if there is none
  version  INTEGER NOT NULL,
  digest   BLOB    NOT NULL CHECK (length(digest) = 32),
  at       INTEGER NOT NULL,
  mac      BLOB    NOT NULL
) STRICT;

-- No version of a secret is ever written twice, not even after its row was removed from outside.
CREATE UNIQUE INDEX log_write ON log (subject, version)
  WHERE kind IN ('register', 'update', 'delete', 'rollback', 'recover');
CREATE INDEX log_gone ON log (subject, version) WHERE kind IN ('purge', 'prune');
CREATE INDEX log_state ON log (subject, sequence) WHERE kind IN ('slot', 'slot-remove', 'record', 'record-remove');
CREATE INDEX log_keyring ON log (sequence) WHERE kind IN ('create', 'keyring');
CREATE INDEX log_floor ON log (sequence) WHERE kind IN ('accept-older', 'restore');

PRAGMA user_version = 1;
