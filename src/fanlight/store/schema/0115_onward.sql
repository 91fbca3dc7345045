-- Room: evidence. A copy handed on to one other agency, if who gave it said that it may be. What was said is committed
-- to with every copy alike, and shown when a copy is offered; of a copy that nobody offers nobody here learns it.

ALTER TABLE disclosure ADD COLUMN onward_commit bytea CHECK (length(onward_commit) = 32);

CREATE TABLE onward (
  id         text PRIMARY KEY,
  disclosure text NOT NULL REFERENCES disclosure (id),
  to_agency  text NOT NULL REFERENCES agency (ori),
  ground     text NOT NULL,
  until      date NOT NULL,                           -- the last day on which that agency has it
  offered    date NOT NULL,
  by_whom    text NOT NULL REFERENCES agency_person (account),
  body       text NOT NULL,                           -- canonical JSON, as signed
  sig        text NOT NULL,
  state      text NOT NULL CHECK (state IN ('offered', 'accepted', 'handed', 'declined', 'withdrawn', 'destroyed')),
  key        text,                                    -- the other agency's, made for this copy
  key_leaf   text REFERENCES leaf (id),
  hdr        bytea NOT NULL DEFAULT '',               -- the same payload, opened by that key
  manifest   bytea NOT NULL DEFAULT '',
  gone       date,
  why        text
);
-- One named agency: who gave it agreed to no second one.
CREATE UNIQUE INDEX onward_once ON onward (disclosure) WHERE state NOT IN ('declined', 'withdrawn');
CREATE INDEX onward_to ON onward (to_agency);

CREATE TABLE onward_copy (
  onward  text NOT NULL REFERENCES onward (id),
  account text NOT NULL REFERENCES agency_person (account),
  sealed  bytea NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (onward, account)
);

CREATE TABLE onward_act (
  onward  text NOT NULL REFERENCES onward (id),
  place   integer NOT NULL,
  at      text NOT NULL,
  act     text NOT NULL,
  by_whom text NOT NULL,
  PRIMARY KEY (onward, place)
);

GRANT SELECT, INSERT, UPDATE (state, key, key_leaf, hdr, manifest, gone, why) ON onward TO fanlight_app;
GRANT SELECT, INSERT, DELETE ON onward_copy TO fanlight_app;
GRANT SELECT, INSERT ON onward_act TO fanlight_app;
