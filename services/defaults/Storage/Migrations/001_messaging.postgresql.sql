CREATE TABLE outbox (
    position     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    topic        TEXT NOT NULL,
    type         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    data         TEXT NOT NULL,
    traceparent  TEXT NULL,
    created_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE inbox (
    event_id    TEXT NOT NULL PRIMARY KEY,
    handled_at  TIMESTAMPTZ NOT NULL
);

CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);

CREATE TABLE idempotency_keys (
    owner         TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  TEXT NOT NULL,
    status        INTEGER NOT NULL,
    location      TEXT NULL,
    content_type  TEXT NULL,
    body          BYTEA NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (owner, key)
);

CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
