CREATE TABLE signing_keys (
    id           TEXT NOT NULL PRIMARY KEY,
    private_key  BYTEA NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    retired_at   TIMESTAMPTZ NULL
);

-- Only hashes: who reads this table can refresh nothing.
CREATE TABLE refresh_tokens (
    hash        TEXT NOT NULL PRIMARY KEY,
    family      TEXT NOT NULL,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ NULL,
    revoked_at  TIMESTAMPTZ NULL
);

CREATE INDEX ix_refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);
