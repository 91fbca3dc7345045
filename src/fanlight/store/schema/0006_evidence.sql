-- Room: evidence. A disclosure names the request it answers; from which home it came stands nowhere.

CREATE TABLE disclosure (
  id              text PRIMARY KEY,
  request         text NOT NULL REFERENCES request (id),
  received_day    date NOT NULL,
  length          bigint NOT NULL CHECK (length > 0),
  root            text NOT NULL,
  manifest_sha256 text NOT NULL,
  manifest        bytea NOT NULL,
  hdr             bytea NOT NULL
);
CREATE INDEX disclosure_by_request ON disclosure (request, id);

CREATE TABLE custody (
  disclosure text NOT NULL REFERENCES disclosure (id),
  place      integer NOT NULL,
  at         text NOT NULL,                           -- the day for what came from a home, the time for what an agency did
  act        text NOT NULL,
  by_whom    text NOT NULL,
  PRIMARY KEY (disclosure, place)
);

CREATE TABLE export (
  id         text PRIMARY KEY,
  disclosure text NOT NULL REFERENCES disclosure (id),
  body       text NOT NULL,                           -- canonical JSON, as signed
  sig        text NOT NULL,
  by_whom    text NOT NULL REFERENCES agency_person (account),
  leaf       text NOT NULL REFERENCES leaf (id)
);

-- An agency's day: random moments, each of which becomes one leaf, real or dummy.
CREATE TABLE case_slot (
  agency text NOT NULL REFERENCES agency (ori),
  day    date NOT NULL,
  at     timestamptz NOT NULL,
  id     text PRIMARY KEY
);
CREATE INDEX case_slot_due ON case_slot (at);

-- How many moments a day was planned with: 64, 128, 256 ... Kept after the day's slots are used up.
CREATE TABLE case_day (
  agency  text NOT NULL REFERENCES agency (ori),
  day     date NOT NULL,
  planned integer NOT NULL,
  PRIMARY KEY (agency, day)
);

-- Real entries that wait for the next moment.
CREATE TABLE case_entry (
  place  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agency text NOT NULL REFERENCES agency (ori),
  act    text NOT NULL,
  detail text NOT NULL
);

GRANT SELECT, INSERT ON disclosure, custody, export TO fanlight_app;
GRANT SELECT, INSERT, DELETE ON case_slot, case_entry TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (planned) ON case_day TO fanlight_app;
