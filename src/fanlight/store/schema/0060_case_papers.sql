-- Room: evidence. What an agency's people write about a case: sealed under its key, signed, never changed.

CREATE TABLE case_paper (
  id         text PRIMARY KEY,
  request    text NOT NULL REFERENCES request (id),
  place      bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  kind       text NOT NULL CHECK (kind IN ('note', 'exhibit', 'exhibit-removed', 'clock')),
  disclosure text REFERENCES disclosure (id),
  number     integer CHECK (number BETWEEN 1 AND 9999),
  earlier    text REFERENCES case_paper (id),         -- the note that this one corrects, the exhibit that it removes
  sealed     bytea NOT NULL,                          -- emptied when the case is destroyed
  sha256     text NOT NULL,
  sig        text NOT NULL,
  by_whom    text NOT NULL REFERENCES agency_person (account),
  at         timestamptz NOT NULL,
  CHECK ((kind = 'exhibit') = (number IS NOT NULL)),
  CHECK (kind NOT IN ('exhibit', 'clock') OR disclosure IS NOT NULL),
  CHECK ((kind = 'exhibit-removed') <= (earlier IS NOT NULL))
);
CREATE INDEX case_paper_of ON case_paper (request, place);
CREATE UNIQUE INDEX case_paper_number ON case_paper (request, number) WHERE kind = 'exhibit';
CREATE UNIQUE INDEX case_paper_removal ON case_paper (earlier) WHERE kind = 'exhibit-removed';

GRANT SELECT, INSERT, UPDATE (sealed) ON case_paper TO fanlight_app;
