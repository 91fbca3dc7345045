-- Room: vault. A clip's row carries the day and nothing finer; ids are random, so their order tells nothing.

CREATE TABLE clip (
  id              text PRIMARY KEY,
  household       text NOT NULL REFERENCES household (id),
  hub             text NOT NULL REFERENCES account (id),
  epoch           integer NOT NULL,
  day             date NOT NULL,
  length          bigint NOT NULL CHECK (length > 0),
  root            text NOT NULL,
  manifest_sha256 text NOT NULL,
  card            text NOT NULL,
  sig             text NOT NULL,
  manifest        bytea NOT NULL,
  hdr             bytea NOT NULL,
  kept            boolean NOT NULL DEFAULT false      -- the payload is whole and stored
);
CREATE INDEX clip_by_day ON clip (household, day, id) WHERE kept;

-- What was deleted stays deleted: a hub that sends it again is told so, and a restore reads this first.
CREATE TABLE shred (
  clip      text PRIMARY KEY,
  household text NOT NULL REFERENCES household (id)
);

CREATE TABLE hub_status (
  household text PRIMARY KEY REFERENCES household (id),
  body      bytea NOT NULL
);

ALTER TABLE clip ENABLE ROW LEVEL SECURITY;
ALTER TABLE clip FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON clip USING (household = current_setting('fanlight.household', true));
ALTER TABLE shred ENABLE ROW LEVEL SECURITY;
ALTER TABLE shred FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON shred USING (household = current_setting('fanlight.household', true));
ALTER TABLE hub_status ENABLE ROW LEVEL SECURITY;
ALTER TABLE hub_status FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON hub_status USING (household = current_setting('fanlight.household', true));

GRANT SELECT, INSERT, DELETE, UPDATE (kept) ON clip TO fanlight_app;
GRANT SELECT, INSERT ON shred TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (body) ON hub_status TO fanlight_app;
