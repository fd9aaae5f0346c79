CREATE TABLE reservations (
    order_id    TEXT NOT NULL PRIMARY KEY,
    status      TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
);

CREATE INDEX ix_reservations_open ON reservations (expires_at) WHERE status = 'held';

-- No reference to products: a reservation outlives a product that is taken out of the catalogue.
CREATE TABLE reservation_items (
    order_id    TEXT NOT NULL REFERENCES reservations (order_id) ON DELETE CASCADE,
    product_id  INTEGER NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, product_id)
);
