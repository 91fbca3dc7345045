-- Room: requests. What comes after a request has opened: an emergency's second signature, and one reminder. Both are
-- entries that stand in the files of the request's cells, the same for everybody.

ALTER TABLE request ADD COLUMN cosign_leaf text REFERENCES leaf (id), ADD COLUMN remind_leaf text REFERENCES leaf (id);
GRANT UPDATE (cosign_leaf, remind_leaf) ON request TO fanlight_app;
