-- What admins did. Nothing here is ever changed; the service's cleaner removes what is older than 400 days.
CREATE TABLE audit_log (
    id        TEXT NOT NULL PRIMARY KEY,
    at        TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    action    TEXT NOT NULL,
    target    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    status    INTEGER NOT NULL,
    trace_id  TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX ix_audit_log_at ON audit_log (at);
