-- Room: incidents. Sources of dispatch data as the record has them, and the incidents of the last day, already coarse:
-- a class, H3 cells, rounded times. What a source calls an incident is kept as a keyed hash. No row names a person.

CREATE TABLE cad_source (
  id       text PRIMARY KEY,
  agency   text NOT NULL,
  settings text NOT NULL CHECK (length(settings) <= 60000),  -- canonical JSON, public
  secret   bytea NOT NULL CHECK (length(secret) = 32),       -- under which its own numbers are hashed
  day      date NOT NULL,
  ended    date,
  leaf     text NOT NULL UNIQUE REFERENCES leaf (id),
  end_leaf text UNIQUE REFERENCES leaf (id),
  CHECK ((ended IS NULL) = (end_leaf IS NULL))
);
GRANT SELECT, INSERT, UPDATE (ended, end_leaf) ON cad_source TO fanlight_app;

CREATE TABLE incident (
  source  text NOT NULL REFERENCES cad_source (id),
  key     bytea NOT NULL CHECK (length(key) = 16),
  kind    text NOT NULL,
  cells   text[] NOT NULL,
  began   timestamptz NOT NULL,
  shown   timestamptz NOT NULL,
  ends    timestamptz NOT NULL,
  changed timestamptz NOT NULL,
  state   text NOT NULL CHECK (state IN ('open', 'over')),
  PRIMARY KEY (source, key),
  CHECK (extract(epoch FROM began)::bigint % 600 = 0),       -- no exact time gets in
  CHECK (ends <= began + interval '1 day 10 minutes')
);
CREATE INDEX incident_ends ON incident (ends);
GRANT SELECT, INSERT, UPDATE (kind, cells, began, ends, changed, state), DELETE ON incident TO fanlight_app;

-- What was cancelled or replaced does not come back by a report that was late.
CREATE TABLE incident_gone (
  source text NOT NULL REFERENCES cad_source (id),
  key    bytea NOT NULL CHECK (length(key) = 16),
  until  timestamptz NOT NULL,
  PRIMARY KEY (source, key)
);
GRANT SELECT, INSERT, UPDATE (until), DELETE ON incident_gone TO fanlight_app;

-- How many incidents of a class there were on a day in a part (cell) of the town: what trends are made of.
CREATE TABLE incident_count (
  day  date NOT NULL,
  kind text NOT NULL,
  part text NOT NULL,                                         -- empty: somewhere in town
  many integer NOT NULL CHECK (many >= 0),
  PRIMARY KEY (day, kind, part)
);
GRANT SELECT, INSERT, UPDATE (many) ON incident_count TO fanlight_app;

CREATE TABLE cad_taken (
  source  text NOT NULL REFERENCES cad_source (id),
  day     date NOT NULL,
  uploads integer NOT NULL,
  numbers jsonb NOT NULL,                                     -- rows, joined, kept, withdrawn, and dropped by reason
  PRIMARY KEY (source, day)
);
GRANT SELECT, INSERT, UPDATE (uploads, numbers) ON cad_taken TO fanlight_app;
