CREATE TABLE notifications (
    position         INTEGER PRIMARY KEY AUTOINCREMENT,
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
    scheduled_at     TEXT NULL,
    next_attempt_at  TEXT NULL,
    sent_at          TEXT NULL,
    read_at          TEXT NULL,
    expires_at       TEXT NOT NULL,
    created_at       TEXT NOT NULL,
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
) WITHOUT ROWID;
