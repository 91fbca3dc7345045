-- Room: vault. A member's note on a clip: sealed under the clip's own key, always as long, so that a row tells no more than
-- that there is one. It goes with the clip's row, and its key with the clip's header.

ALTER TABLE clip ADD COLUMN note bytea CHECK (octet_length(note) = 2076);
GRANT UPDATE (note) ON clip TO fanlight_app;
