-- The first schema of a coffer store. Released: never edited; a test holds its checksum.
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
  created      INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  mac          BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX secret_live_name ON secret (component_id, name) WHERE deleted = 0;
CREATE INDEX secret_dead_name ON secret (component_id, name, sequence) WHERE deleted = 1;

CREATE TABLE secret_version (
  secret_id   BLOB    NOT NULL REFERENCES secret (secret_id) DEFERRABLE INITIALLY DEFERRED,
  version     INTEGER NOT NULL CHECK (version > 0),
  schema_type TEXT    NOT NULL,
  created     INTEGER NOT NULL,
  deleted     INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  kek_id      INTEGER NOT NULL,
  wrapped_dek BLOB    NOT NULL,
  payload     BLOB    NOT NULL,
  sequence    INTEGER NOT NULL,
  PRIMARY KEY (secret_id, version)
) STRICT;

CREATE INDEX secret_version_kek ON secret_version (kek_id);

-- Components, stacks, targets, schemas and other small state.
CREATE TABLE record (
  record_id   BLOB    NOT NULL PRIMARY KEY CHECK (length(record_id) = 16),
  kind        TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  version     INTEGER NOT NULL CHECK (version > 0),
  kek_id      INTEGER NOT NULL,
  wrapped_dek BLOB    NOT NULL,
  payload     BLOB    NOT NULL,
  sequence    INTEGER NOT NULL,
  mac         BLOB    NOT NULL,
  UNIQUE (kind, name)
) STRICT;

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

CREATE INDEX log_gone ON log (subject, version) WHERE kind IN ('purge', 'prune');
CREATE INDEX log_floor ON log (sequence) WHERE kind IN ('accept-older', 'restore');

PRAGMA user_version = 1;
