-- Only for tests: what a later release may do to the data that is there.
UPDATE log SET at = at + 1;
ALTER TABLE store ADD COLUMN next TEXT;
PRAGMA user_version = 4;
