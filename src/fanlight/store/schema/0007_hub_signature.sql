-- Room: accounts. The owner's word that a hub is of the household (docs/spec/seal.md). A hub let in before this has none,
-- and is left out by the members' clients until the owner lets it in again.

ALTER TABLE membership ADD COLUMN owner_sig text CHECK (role = 'hub' OR owner_sig IS NULL);
GRANT UPDATE (owner_sig) ON membership TO fanlight_app;
