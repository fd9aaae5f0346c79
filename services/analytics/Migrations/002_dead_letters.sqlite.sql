CREATE TABLE dead_letters (
    id            VARCHAR(36) NOT NULL PRIMARY KEY,
    topic         VARCHAR(100) NOT NULL,
    fingerprint   VARCHAR(300) NOT NULL,
    event_id      VARCHAR(300) NULL,
    type          VARCHAR(300) NULL,
    subject       VARCHAR(300) NULL,
    source        VARCHAR(300) NULL,
    event_time    VARCHAR(40) NULL,
    message       TEXT NOT NULL,
    size          INTEGER NOT NULL,
    status        VARCHAR(20) NOT NULL,
    deaths        INTEGER NOT NULL,
    retries       INTEGER NOT NULL,
    died_at       VARCHAR(40) NOT NULL,
    retried_at    VARCHAR(40) NULL,
    sent_at       VARCHAR(40) NULL,
    UNIQUE (topic, fingerprint)
);

CREATE INDEX ix_dead_letters_died_at ON dead_letters (died_at, id);

CREATE INDEX ix_dead_letters_status ON dead_letters (status, retried_at);
