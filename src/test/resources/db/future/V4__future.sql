-- No released schema: what a later one might do to data that is there, for the crash campaign.
ALTER TABLE log ADD COLUMN note TEXT NOT NULL DEFAULT '';

CREATE TABLE moved (
  secret_id BLOB    NOT NULL,
  version   INTEGER NOT NULL,
  payload   BLOB    NOT NULL,
  PRIMARY KEY (secret_id, version)
) STRICT;

INSERT INTO moved SELECT secret_id, version, payload FROM secret_version;
UPDATE secret_version SET payload = x'00';
UPDATE log SET note = kind || sequence;

PRAGMA user_version = 4;
