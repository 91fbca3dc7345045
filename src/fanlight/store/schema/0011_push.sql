-- Room: notify. What a member asks of their hubs for one browser, sealed to those hubs: the server passes it on and
-- cannot read it. No row names an endpoint; a ticket holds it, encrypted, and only hubs hold tickets.

CREATE TABLE push_behest (
  household text NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  id        text NOT NULL CHECK (id <> ''),
  account   text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  body      bytea NOT NULL,
  PRIMARY KEY (household, id)
);

ALTER TABLE push_behest ENABLE ROW LEVEL SECURITY;
ALTER TABLE push_behest FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON push_behest USING (household = current_setting('fanlight.household', true));

GRANT SELECT, INSERT, DELETE, UPDATE (body) ON push_behest TO fanlight_app;
