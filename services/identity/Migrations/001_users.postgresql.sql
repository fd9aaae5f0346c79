CREATE TABLE users (
    id             TEXT NOT NULL PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    phone          TEXT NULL,
    address        TEXT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL
);

CREATE TABLE user_roles (
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role     TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
);

-- A try to sign in counts as failed until it succeeds, so that tries at the same moment cannot slip past the limit.
CREATE TABLE login_attempts (
    id       TEXT NOT NULL PRIMARY KEY,
    email    TEXT NOT NULL,
    made_at  TIMESTAMPTZ NOT NULL
);

CREATE INDEX ix_login_attempts ON login_attempts (email, made_at);
CREATE INDEX ix_login_attempts_made_at ON login_attempts (made_at);
