CREATE TABLE windows (
    start_at       VARCHAR(40) NOT NULL,
    currency       VARCHAR(3) NOT NULL,
    orders         INTEGER NOT NULL,
    revenue_cents  BIGINT NOT NULL,
    unique_users   INTEGER NOT NULL,
    sequence       BIGINT NULL UNIQUE,
    PRIMARY KEY (start_at, currency)
);

CREATE TABLE window_users (
    start_at  VARCHAR(40) NOT NULL,
    currency  VARCHAR(3) NOT NULL,
    user_id   VARCHAR(64) NOT NULL,
    PRIMARY KEY (start_at, currency, user_id)
);

CREATE TABLE late_orders (
    event_id       VARCHAR(200) NOT NULL PRIMARY KEY,
    start_at       VARCHAR(40) NOT NULL,
    currency       VARCHAR(3) NOT NULL,
    revenue_cents  BIGINT NOT NULL,
    arrived_at     VARCHAR(40) NOT NULL
);

CREATE TABLE progress (
    id             INTEGER NOT NULL PRIMARY KEY,
    max_event_at   VARCHAR(40) NOT NULL,
    closed_until   VARCHAR(40) NOT NULL
);
