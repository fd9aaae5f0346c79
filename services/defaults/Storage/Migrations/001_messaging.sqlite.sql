CREATE TABLE outbox (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    topic        TEXT NOT NULL,
    type         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    data         TEXT NOT NULL,
    traceparent  TEXT NULL,
    created_at   TEXT NOT NULL
);

CREATE TABLE inbox (
    event_id    TEXT NOT NULL PRIMARY KEY,
    handled_at  TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);

CREATE TABLE idempotency_keys (
    owner         TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  TEXT NOT NULL,
    status        INTEGER NOT NULL,
    location      TEXT NULL,
    content_type  TEXT NULL,
    body          BLOB NULL,
    created_at    TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;

CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
