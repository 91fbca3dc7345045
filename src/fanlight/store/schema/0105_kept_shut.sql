-- Room: sealed. An order that waits for its slot knows its day, so that no slot of an earlier day takes it, and until
-- when a court's renewal keeps it shut: the slot that it gets is due no earlier.

ALTER TABLE sealed_order ADD COLUMN taken date NOT NULL DEFAULT current_date;
ALTER TABLE sealed_order ALTER COLUMN taken DROP DEFAULT;
ALTER TABLE sealed_order ADD COLUMN shut_until date, ADD COLUMN shut_by text;
ALTER TABLE sealed_order ADD CHECK ((shut_until IS NULL) = (shut_by IS NULL));
GRANT UPDATE (shut_until, shut_by) ON sealed_order TO fanlight_app;
