-- Rooms: auditing, requests. Officers' pseudonyms, one a person and year. The auditor's browser makes them under a key that no
-- table holds: what is kept of it is sealed to the auditor. A pseudonym is never changed, and each is in what an auditor signed.

CREATE TABLE pseudonym_key (
  auditor text NOT NULL REFERENCES agency_auditor (id),
  year    integer NOT NULL CHECK (year BETWEEN 2000 AND 9999),
  sealed  bytea NOT NULL CHECK (length(sealed) BETWEEN 64 AND 8192),  -- an age file, to the auditor alone
  PRIMARY KEY (auditor, year)
);

CREATE TABLE pseudonym_naming (
  id        text PRIMARY KEY,
  auditor   text NOT NULL REFERENCES agency_auditor (id),
  statement text NOT NULL,                                            -- canonical JSON, signed by the auditor
  signature bytea NOT NULL CHECK (length(signature) = 64)
);

CREATE TABLE pseudonym (
  account   text NOT NULL REFERENCES agency_person (account),
  agency    text NOT NULL REFERENCES agency (ori),
  year      integer NOT NULL,
  pseudonym text NOT NULL CHECK (pseudonym ~ '^[a-z2-7]{5}-[a-z2-7]{5}$'),
  naming    text NOT NULL REFERENCES pseudonym_naming (id),
  PRIMARY KEY (account, year),
  UNIQUE (agency, year, pseudonym)
);

-- Under which pseudonym the record says that a request was asked or signed.
CREATE TABLE request_pseudonym (
  request text NOT NULL REFERENCES request (id),
  part    text NOT NULL CHECK (part IN ('officer', 'cosigner')),
  leaf    text NOT NULL UNIQUE REFERENCES leaf (id),
  PRIMARY KEY (request, part)
);
CREATE INDEX request_protected ON request (made) WHERE protected AND state <> 'closed';

CREATE FUNCTION naming_is_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  by_whom public.agency_auditor;
BEGIN
  SELECT * INTO by_whom FROM public.agency_auditor WHERE id = NEW.auditor;
  IF NOT coalesce(NEW.statement::jsonb @> jsonb_build_object('v', 1, 'act', 'pseudonyms', 'auditor', by_whom.id,
       'agency', by_whom.agency), false)
     OR NOT public.signed_for_auditing(by_whom.sign_pub, NEW.statement, NEW.signature) THEN
    RAISE EXCEPTION 'pseudonym: not signed by that auditor';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION pseudonym_was_given() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM public.agency_person WHERE account = NEW.account AND agency = NEW.agency)
     OR NOT coalesce((SELECT statement::jsonb FROM public.pseudonym_naming WHERE id = NEW.naming)
       @> jsonb_build_object('agency', NEW.agency, 'year', NEW.year, 'names', jsonb_build_array(
         jsonb_build_object('account', NEW.account, 'pseudonym', NEW.pseudonym))), false) THEN
    RAISE EXCEPTION 'pseudonym: no auditor gave it';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER signed BEFORE INSERT OR UPDATE ON pseudonym_naming FOR EACH ROW EXECUTE FUNCTION naming_is_signed();
CREATE TRIGGER given BEFORE INSERT OR UPDATE ON pseudonym FOR EACH ROW EXECUTE FUNCTION pseudonym_was_given();
ALTER TABLE pseudonym_naming ENABLE ALWAYS TRIGGER signed;
ALTER TABLE pseudonym ENABLE ALWAYS TRIGGER given;
GRANT SELECT, INSERT ON pseudonym_key, pseudonym_naming, pseudonym, request_pseudonym TO fanlight_app;

ALTER TABLE audit_look DROP CONSTRAINT audit_look_what_check,
  ADD CONSTRAINT audit_look_what_check CHECK (what IN ('log', 'access', 'patterns', 'export', 'pseudonyms'));
