-- Room: evidence. Every case key has an end; who is told before it; what holds it up; what stays of what was destroyed.

-- A row from the day on which those concerned were told.
CREATE TABLE case_end (
  request text PRIMARY KEY REFERENCES request (id),
  told    date NOT NULL,
  done    date,
  why     text,                                       -- why on that day, once it is done
  leaf    text REFERENCES leaf (id),                  -- `key-destroyed`
  CHECK ((done IS NULL) = (why IS NULL)),
  CHECK (leaf IS NULL OR done IS NOT NULL)
);

-- Who is told beside the agency's own people: the defence, named by the custodian.
CREATE TABLE case_party (
  id      text PRIMARY KEY,
  request text NOT NULL REFERENCES request (id),
  name    text NOT NULL,
  by_whom text NOT NULL REFERENCES agency_person (account),
  day     date NOT NULL,
  told    date                                        -- on which day the custodian says to have told them
);
CREATE INDEX case_party_of ON case_party (request);

-- `own`: the agency's, lapses. `court`, `case`: a court's order, a filed case; ends only when its end is recorded.
CREATE TABLE hold (
  id        text PRIMARY KEY,
  request   text NOT NULL REFERENCES request (id),
  kind      text NOT NULL CHECK (kind IN ('own', 'court', 'case')),
  placed    date NOT NULL,
  until     date NOT NULL CHECK (until > placed),
  body      text NOT NULL,                            -- canonical JSON, as signed
  sig       text NOT NULL,
  by_whom   text NOT NULL REFERENCES agency_person (account),
  ended     date,
  end_body  text,                                     -- canonical JSON, as signed; empty when it lapsed by itself
  end_sig   text,
  ended_by  text REFERENCES agency_person (account),
  CHECK (kind = 'own' OR ended IS NULL OR end_sig IS NOT NULL)
);
CREATE INDEX hold_of ON hold (request);
CREATE UNIQUE INDEX hold_own_once ON hold (request) WHERE kind = 'own';

-- Who gave a copy wants it back; the custodian has until `due` to record that it is used.
CREATE TABLE withdrawal (
  disclosure text PRIMARY KEY REFERENCES disclosure (id),
  asked      date NOT NULL,
  due        date NOT NULL CHECK (due > asked)
);

CREATE TABLE copy_use (
  id         text PRIMARY KEY,
  disclosure text NOT NULL REFERENCES disclosure (id),
  kind       text NOT NULL CHECK (kind IN ('charge', 'exhibit', 'defence')),
  day        date NOT NULL,
  body       text NOT NULL,
  sig        text NOT NULL,
  by_whom    text NOT NULL REFERENCES agency_person (account)
);
CREATE INDEX copy_use_of ON copy_use (disclosure);

CREATE TABLE tombstone (
  disclosure text PRIMARY KEY REFERENCES disclosure (id),
  day        date NOT NULL,
  why        text NOT NULL CHECK (why IN ('limit', 'agreement', 'minimum', 'withdrawn', 'restored')),
  emptied    boolean NOT NULL                         -- its payload is gone as well as its header
);
CREATE INDEX tombstone_to_empty ON tombstone (disclosure) WHERE NOT emptied;

-- A recipient's copy, outside: over once the custodian attests that it was destroyed or came back.
CREATE TABLE export_over (
  export  text PRIMARY KEY REFERENCES export (id),
  kind    text NOT NULL CHECK (kind IN ('destroyed', 'returned')),
  day     date NOT NULL,
  body    text NOT NULL,
  sig     text NOT NULL,
  by_whom text NOT NULL REFERENCES agency_person (account)
);

-- What the record last said of an agency's exports that are out past their day.
CREATE TABLE export_band (
  agency text PRIMARY KEY REFERENCES agency (ori),
  band   text NOT NULL CHECK (band IN ('0', '1-4', '5-9', '10+')),
  leaf   text NOT NULL REFERENCES leaf (id)
);

GRANT SELECT, INSERT, UPDATE (done, why, leaf) ON case_end TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (told) ON case_party TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (ended, end_body, end_sig, ended_by) ON hold TO fanlight_app;
GRANT SELECT, INSERT ON withdrawal, copy_use, export_over TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (emptied) ON tombstone TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (band, leaf) ON export_band TO fanlight_app;
