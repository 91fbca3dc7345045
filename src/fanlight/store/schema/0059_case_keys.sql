-- Rooms: requests, evidence. One sealed copy of a case's key for each person who may open the case, instead of one for all.

CREATE TABLE case_copy (
  request text NOT NULL REFERENCES request (id),
  account text NOT NULL REFERENCES agency_person (account),
  sealed  bytea NOT NULL CHECK (length(sealed) > 0),
  by_whom text NOT NULL REFERENCES agency_person (account),
  at      timestamptz NOT NULL,
  why     text NOT NULL CHECK (why IN ('asked', 'second', 'custodian', 'given', 'recovered')),
  waiting boolean NOT NULL,                           -- handed to nobody before its person signed as second person
  PRIMARY KEY (request, account)
);
CREATE INDEX case_copy_of ON case_copy (account);

-- Recovery by two custodians: an age file for the second inside one for the first. `handed` is the inner one, once the
-- first has opened the outer.
CREATE TABLE case_recovery (
  request text NOT NULL REFERENCES request (id),
  first   text NOT NULL REFERENCES agency_person (account),
  second  text NOT NULL REFERENCES agency_person (account) CHECK (second <> first),
  sealed  bytea NOT NULL CHECK (length(sealed) > 0),
  handed  bytea,
  PRIMARY KEY (request, first, second)
);

-- What was done with a case as a whole, beside the trail of each of its clips.
CREATE TABLE case_act (
  request text NOT NULL REFERENCES request (id),
  place   integer NOT NULL,
  at      text NOT NULL,
  act     text NOT NULL,
  about   text NOT NULL,
  disclosure text REFERENCES disclosure (id),
  by_whom text NOT NULL,
  PRIMARY KEY (request, place)
);

GRANT SELECT, INSERT, DELETE, UPDATE (why, waiting) ON case_copy TO fanlight_app;
GRANT SELECT, INSERT, DELETE, UPDATE (handed) ON case_recovery TO fanlight_app;
GRANT SELECT, INSERT ON case_act TO fanlight_app;

-- Until now one file was sealed to all of them.
INSERT INTO case_copy (request, account, sealed, by_whom, at, why, waiting)
  SELECT r.id, p.account, r.case_key_sealed, r.officer, r.made,
      CASE WHEN p.account = r.officer THEN 'asked' WHEN p.account = r.cosigner THEN 'second'
        WHEN p.role = 'custodian' THEN 'custodian' ELSE 'given' END, false
    FROM request r JOIN agency_person p ON p.agency = r.agency AND p.role IN ('officer', 'supervisor', 'custodian')
    WHERE length(r.case_key_sealed) > 0;
ALTER TABLE request DROP COLUMN case_key_sealed;
