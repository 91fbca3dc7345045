-- Room: requests. Nothing here names a household, a hub or a clip, and no column could.

CREATE TABLE request (
  id              text PRIMARY KEY,
  agency          text NOT NULL REFERENCES agency (ori),
  state           text NOT NULL CHECK (state IN ('waiting', 'open', 'refused', 'closed')),
  officer         text NOT NULL REFERENCES agency_person (account),
  cosigner        text REFERENCES agency_person (account) CHECK (cosigner <> officer),
  body            text NOT NULL,                      -- canonical JSON, the bytes the officer signed
  sig             text NOT NULL,
  cosig           text,
  pack            text NOT NULL REFERENCES pack (sha256),
  number_in_case  integer NOT NULL,
  decision        text NOT NULL,                      -- JSON, as answered
  emergency       boolean NOT NULL,
  protected       boolean NOT NULL,
  case_key        text NOT NULL,
  case_key_sealed bytea NOT NULL,
  made            timestamptz NOT NULL,
  expires         timestamptz NOT NULL,
  cosign_by       timestamptz,
  reason          text CHECK (reason IN ('officer', 'expired', 'no second signature')),
  band            text CHECK (band IN ('0', '1-4', '5-9', '10+')),
  received        integer NOT NULL DEFAULT 0,         -- disclosures; exact for the agency, a band for others
  leaf            text REFERENCES leaf (id),          -- the decision that stands
  key_leaf        text REFERENCES leaf (id),
  close_leaf      text REFERENCES leaf (id),
  CHECK (state <> 'closed' OR (band IS NOT NULL AND reason IS NOT NULL)),
  CHECK (state NOT IN ('open', 'closed') OR (leaf IS NOT NULL AND key_leaf IS NOT NULL))
);
-- Every decision on a request, refused attempts too.
CREATE TABLE request_leaf (
  leaf    text PRIMARY KEY REFERENCES leaf (id),
  request text NOT NULL REFERENCES request (id)
);

CREATE INDEX request_by_agency ON request (agency, made);
CREATE INDEX request_alive ON request (expires) WHERE state IN ('waiting', 'open');

CREATE TABLE cell_key (
  cell      text PRIMARY KEY,
  identity  text NOT NULL,
  recipient text NOT NULL
);

-- What a cell's file says of a request; sealed once, so that the file's bytes stay the same.
CREATE TABLE request_cell (
  request    text NOT NULL REFERENCES request (id),
  cell       text NOT NULL,
  sealed     bytea NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  used       integer NOT NULL DEFAULT 0,
  PRIMARY KEY (request, cell)
);

CREATE TABLE cell_file (
  cell  text PRIMARY KEY,
  body  bytea,
  stale boolean NOT NULL
);

GRANT SELECT, INSERT,
  UPDATE (state, cosigner, cosig, decision, number_in_case, reason, band, received, leaf, key_leaf,
    close_leaf, expires, cosign_by)
  ON request TO fanlight_app;
GRANT SELECT, INSERT ON request_leaf TO fanlight_app;
GRANT SELECT, INSERT ON cell_key TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (used) ON request_cell TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (body, stale) ON cell_file TO fanlight_app;
