-- Room: programme. Lists taken over from elsewhere, as they were found: agencies that there are, partnerships that there
-- were. A line of a list gives nobody a right. An agency is admitted by the operator's attestation, one by one.

CREATE TABLE listing (
  id     text PRIMARY KEY,
  kind   text NOT NULL CHECK (kind IN ('agencies', 'agreements', 'assemblies', 'homes')),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),    -- where it was found
  credit text NOT NULL CHECK (length(credit) BETWEEN 1 AND 500),    -- whom to name, and the licence
  as_of  date NOT NULL,                                             -- how old what it says is
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),           -- of the file, as it was read
  lines  integer NOT NULL CHECK (lines >= 0),
  leaf   text NOT NULL REFERENCES leaf (id)
);

CREATE TABLE listed_agency (
  listing   text NOT NULL REFERENCES listing (id),
  ori       text NOT NULL CHECK (ori ~ '^[A-Z]{2}[0-9A-Z]{7}$'),
  name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  kind      text NOT NULL CHECK (kind IN ('municipal', 'county', 'state', 'tribal', 'university', 'unverified')),
  listed_as text NOT NULL,                                          -- the list's own word for its kind
  county    text,
  state     text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
  lon       double precision CHECK (lon BETWEEN -180 AND 180),
  lat       double precision CHECK (lat BETWEEN -90 AND 90),
  PRIMARY KEY (listing, ori),
  CHECK ((lon IS NULL) = (lat IS NULL))
);
CREATE INDEX listed_agency_by_state ON listed_agency (listing, state, name, ori);

-- What was agreed elsewhere and before. History: no line of it lets an agency ask for anything.
CREATE TABLE listed_agreement (
  listing text NOT NULL REFERENCES listing (id),
  line    integer NOT NULL CHECK (line >= 0),
  name    text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),     -- the agency as the list writes it
  place   text NOT NULL,
  state   text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
  since   date,                                                     -- null where the list has no day
  until   date CHECK (until >= since),
  ori     text CHECK (ori ~ '^[A-Z]{2}[0-9A-Z]{7}$'),               -- null where nobody could tell which agency it is
  joined  text NOT NULL CHECK (joined IN ('given', 'found', 'none', 'ambiguous')),
  url     text NOT NULL DEFAULT '',
  PRIMARY KEY (listing, line),
  CHECK ((ori IS NOT NULL) = (joined IN ('given', 'found')))
);
CREATE INDEX listed_agreement_by_day ON listed_agreement (listing, since);

CREATE FUNCTION taken_over_for_good() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'a list stays as it was taken over';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON listing FOR EACH ROW EXECUTE FUNCTION taken_over_for_good();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON listed_agency FOR EACH ROW EXECUTE FUNCTION taken_over_for_good();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON listed_agreement FOR EACH ROW EXECUTE FUNCTION taken_over_for_good();

GRANT SELECT, INSERT ON listing, listed_agency, listed_agreement TO fanlight_app;
