-- Times are milliseconds since 1970 in UTC and amounts are cents: exact, and the same on every database.
CREATE TABLE orders (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    total_cents BIGINT NOT NULL,
    currency TEXT NOT NULL,
    shipping_address TEXT NOT NULL,
    payment_type TEXT NOT NULL,
    payment_token TEXT NULL,
    from_basket INTEGER NOT NULL,
    payment_id TEXT NULL,
    tracking_number TEXT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    -- The saga: what it does next, how often that failed, who is at it and until when nobody else may be.
    step TEXT NOT NULL,
    end_reason TEXT NULL,
    payment_returned INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    last_error TEXT NULL,
    lease_owner TEXT NULL,
    lease_until BIGINT NOT NULL,
    trace_parent TEXT NULL
);

CREATE INDEX orders_by_user ON orders (user_id, created_at);
CREATE INDEX orders_by_status ON orders (status, created_at);
CREATE INDEX orders_unfinished ON orders (next_attempt_at) WHERE step <> 'done';

CREATE TABLE order_items (
    order_id TEXT NOT NULL REFERENCES orders (id),
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    price_cents BIGINT NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
);

CREATE TABLE order_history (
    order_id TEXT NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NULL,
    PRIMARY KEY (order_id, position)
);
