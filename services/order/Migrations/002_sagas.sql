-- Since when the saga's present step fails: what an operator looks for.
ALTER TABLE orders ADD COLUMN failing_since BIGINT NULL;

-- A paid order waits for its shipment as a step of its saga.
UPDATE orders SET step = 'ship', next_attempt_at = updated_at + 600000 WHERE status = 'paid' AND step = 'done';
