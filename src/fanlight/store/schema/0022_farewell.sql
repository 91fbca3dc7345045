-- Room: accounts. The last word of a household that was deleted, sealed by an owner's device to its hubs: they destroy what
-- they hold. Under a hash of the household's id, which nobody has but who was in it; gone after `last`.

CREATE TABLE farewell (
  place text PRIMARY KEY CHECK (place ~ '^[0-9a-f]{64}$'),
  last  date NOT NULL,
  box   bytea NOT NULL
);
ALTER TABLE farewell ENABLE ROW LEVEL SECURITY;
ALTER TABLE farewell FORCE ROW LEVEL SECURITY;
CREATE POLICY asked ON farewell USING (place = current_setting('fanlight.farewell', true));
CREATE POLICY over ON farewell FOR DELETE USING (last < current_date);
CREATE POLICY over_seen ON farewell FOR SELECT USING (last < current_date);
GRANT SELECT, INSERT, DELETE ON farewell TO fanlight_app;
