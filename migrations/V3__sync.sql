-- Schema 3. Released: never edited; a test holds its checksum. No table changes: what a synchronization remembers are
-- records, and the prefix of a base's name is found by the index that keeps names unique.
-- From this schema on, a limit on the number of versions spares those that a record of the kind sync-base names, and
-- those that say in their sealed content that they are kept. An older coffer would prune both, so that edits could no
-- longer be merged and the loser of a conflict were gone: it is to say that the store is newer, and touch nothing.

PRAGMA user_version = 3;
