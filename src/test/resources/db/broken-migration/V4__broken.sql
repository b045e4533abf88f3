-- Only for tests: fails after half of its work.
UPDATE log SET at = at + 1;
ALTER TABLE store ADD COLUMN next TEXT;
PRAGMA user_version = 4;
INSERT INTO no_such_table VALUES (1);
