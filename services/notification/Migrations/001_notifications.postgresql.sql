CREATE TABLE notifications (
    position         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    user_id          TEXT NOT NULL,
    event_id         TEXT NULL,
    type             TEXT NOT NULL,
    channel          TEXT NOT NULL,
    priority         TEXT NOT NULL,
    title            TEXT NOT NULL,
    message          TEXT NOT NULL,
    data             TEXT NOT NULL,
    status           TEXT NOT NULL,
    attempts         INTEGER NOT NULL,
    failure_reason   TEXT NULL,
    scheduled_at     TIMESTAMPTZ NULL,
    next_attempt_at  TIMESTAMPTZ NULL,
    sent_at          TIMESTAMPTZ NULL,
    read_at          TIMESTAMPTZ NULL,
    expires_at       TIMESTAMPTZ NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (event_id, user_id)
);

CREATE INDEX ix_notifications_user ON notifications (user_id, position);
CREATE INDEX ix_notifications_due ON notifications (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX ix_notifications_expires_at ON notifications (expires_at);

CREATE TABLE recipients (
    user_id  TEXT NOT NULL PRIMARY KEY,
    email    TEXT NULL,
    phone    TEXT NULL,
    name     TEXT NULL
);
