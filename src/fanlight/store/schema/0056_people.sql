-- Rooms: accounts, agencies. An administrator manages an agency's people and does nothing else; who is deactivated stays
-- deactivated; each change is a row with its entry in the record, and the last administrator stays one.

ALTER TABLE agency_person DROP CONSTRAINT agency_person_role_check,
  ADD CONSTRAINT agency_person_role_check CHECK (role IN ('officer', 'supervisor', 'custodian', 'administrator')),
  ADD COLUMN ended date;

CREATE TABLE person_change (
  account text NOT NULL REFERENCES agency_person (account),
  agency  text NOT NULL,
  role    text NOT NULL CHECK (role IN ('officer', 'supervisor', 'custodian', 'administrator')),  -- before
  made    text CHECK (made IN ('officer', 'supervisor', 'custodian', 'administrator')),           -- null: deactivated
  by_whom text NOT NULL REFERENCES agency_person (account) CHECK (by_whom <> account),
  day     date NOT NULL,
  leaf    text PRIMARY KEY REFERENCES leaf (id)
);
CREATE INDEX person_change_by_agency ON person_change (agency, day);

CREATE FUNCTION person_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF OLD.ended IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
    RAISE EXCEPTION 'agency_person: who is deactivated stays so';
  END IF;
  IF OLD.role = 'administrator' AND (NEW.role <> OLD.role OR NEW.ended IS NOT NULL) AND NOT EXISTS (
      SELECT FROM public.agency_person WHERE agency = OLD.agency AND role = 'administrator' AND ended IS NULL
        AND account <> OLD.account) THEN
    RAISE EXCEPTION 'agency_person: the last administrator stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON agency_person FOR EACH ROW EXECUTE FUNCTION person_stays();
GRANT UPDATE (role, ended) ON agency_person TO fanlight_app;
GRANT SELECT, INSERT ON person_change TO fanlight_app;
