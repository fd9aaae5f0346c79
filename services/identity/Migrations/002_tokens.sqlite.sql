CREATE TABLE signing_keys (
    id           TEXT NOT NULL PRIMARY KEY,
    private_key  BLOB NOT NULL,
    created_at   TEXT NOT NULL,
    retired_at   TEXT NULL
);

-- Only hashes: who reads this table can refresh nothing.
CREATE TABLE refresh_tokens (
    hash        TEXT NOT NULL PRIMARY KEY,
    family      TEXT NOT NULL,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    used_at     TEXT NULL,
    revoked_at  TEXT NULL
) WITHOUT ROWID;

CREATE INDEX ix_refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);
