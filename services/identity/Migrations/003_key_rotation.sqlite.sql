-- Keys follow each other: each has a number of its own, so that two instances cannot both make the next one.
ALTER TABLE signing_keys ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN active_from TEXT NULL;
UPDATE signing_keys SET
    active_from = created_at,
    generation = 1 + (SELECT COUNT(*) FROM signing_keys AS older WHERE older.created_at < signing_keys.created_at OR (older.created_at = signing_keys.created_at AND older.id < signing_keys.id));
CREATE UNIQUE INDEX ix_signing_keys_generation ON signing_keys (generation);
