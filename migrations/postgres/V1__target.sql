-- Schema 1 of a target in PostgreSQL. Released: never edited; a test holds its checksum.
-- Portable SQL alone: no function, trigger, extension or type of PostgreSQL's own. All names are in the schema that the
-- component names; times are in milliseconds since 1970.

CREATE TABLE schema_version (
  one     SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
  version INTEGER  NOT NULL
);

INSERT INTO schema_version (one, version) VALUES (1, 1);

-- Which target this is, and its keys, which only the key slots open.
CREATE TABLE target (
  one        SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
  target_id  UUID     NOT NULL,
  generation BIGINT   NOT NULL CHECK (generation > 0),
  hide_names BOOLEAN  NOT NULL,
  keyring    BYTEA    NOT NULL,
  mac        BYTEA    NOT NULL
);

CREATE TABLE slot (
  slot_id          UUID   NOT NULL PRIMARY KEY,
  kind             TEXT   NOT NULL,
  parameters       TEXT   NOT NULL,
  wrapped_root_key BYTEA  NOT NULL,
  checksum         BYTEA  NOT NULL,
  created          BIGINT NOT NULL
);

-- One row per secret, deleted ones included: who it is and which version is current.
CREATE TABLE secret (
  secret_id    UUID    NOT NULL PRIMARY KEY,
  scope_id     UUID    NOT NULL,
  name_key     BYTEA   NOT NULL, -- a MAC of the name, by which it is looked up
  name         TEXT,             -- in clear, or else sealed in the three columns below
  name_kek_id  INTEGER,
  name_dek     BYTEA,
  name_payload BYTEA,
  version      BIGINT  NOT NULL CHECK (version > 0),
  deleted      BOOLEAN NOT NULL,
  schema_type  TEXT    NOT NULL, -- of the current version, as are updated, write_id and digest
  created      BIGINT  NOT NULL,
  updated      BIGINT  NOT NULL,
  write_id     UUID    NOT NULL, -- of the write that made the version: after a lost answer it tells what became of it
  digest       BYTEA   NOT NULL,
  mac          BYTEA   NOT NULL,
  UNIQUE (scope_id, name_key)
);

CREATE TABLE secret_version (
  secret_id   UUID    NOT NULL REFERENCES secret (secret_id),
  version     BIGINT  NOT NULL CHECK (version > 0),
  schema_type TEXT    NOT NULL,
  created     BIGINT  NOT NULL,
  deleted     BOOLEAN NOT NULL,
  write_id    UUID    NOT NULL,
  kek_id      INTEGER NOT NULL,
  wrapped_dek BYTEA   NOT NULL,
  payload     BYTEA   NOT NULL,
  PRIMARY KEY (secret_id, version)
);
