-- Schema 2 of a target in PostgreSQL. Released: never edited; a test holds its checksum.
-- The KEKs that rows refer to. One that is referred to cannot be deleted, nor can a row come to refer to one that is
-- deleted: so no key is destroyed that a write under way still needs, and no lock has to be taken by anybody.

CREATE TABLE kek (
  kek_id  INTEGER NOT NULL PRIMARY KEY,
  created BIGINT  NOT NULL
);

INSERT INTO kek (kek_id, created) SELECT kek_id, MIN(created) FROM secret_version GROUP BY kek_id;

ALTER TABLE secret_version ADD CONSTRAINT secret_version_kek FOREIGN KEY (kek_id) REFERENCES kek (kek_id);
ALTER TABLE secret ADD CONSTRAINT secret_name_kek FOREIGN KEY (name_kek_id) REFERENCES kek (kek_id);

UPDATE schema_version SET version = 2;
