-- Times are milliseconds since 1970 in UTC and amounts are cents: exact, and the same on every database.
CREATE TABLE payments (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    order_id TEXT NULL UNIQUE,
    basket_id TEXT NULL,
    amount_cents BIGINT NOT NULL,
    refunded_cents BIGINT NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    method TEXT NOT NULL,
    token TEXT NULL,
    provider TEXT NOT NULL,
    provider_id TEXT NULL,
    description TEXT NULL,
    metadata TEXT NOT NULL,
    items TEXT NOT NULL,
    failure_reason TEXT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    processed_at BIGINT NULL,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE INDEX payments_by_user ON payments (user_id, created_at);
CREATE INDEX payments_by_status ON payments (status, expires_at);

-- A refund is decided in one transaction with its payment and carried out by the provider afterwards.
CREATE TABLE refunds (
    id TEXT NOT NULL PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    amount_cents BIGINT NOT NULL,
    reason TEXT NULL,
    created_at BIGINT NOT NULL,
    completed_at BIGINT NULL
);

CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_open ON refunds (completed_at);
