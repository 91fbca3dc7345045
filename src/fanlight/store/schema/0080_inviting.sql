-- Rooms: accounts, agencies. A person comes to a running agency by a one-time link: the row is there while the link is open. Who came
-- so counts once the entry with their public halves has its place in the record; who was named at set-up has none.

DO $$ DECLARE
  one record;
BEGIN
  FOR one IN SELECT conrelid::regclass::text AS tab, conname, pg_get_expr(conbin, conrelid) AS said FROM pg_constraint
    WHERE conname = 'passkey_kind_check' AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I CHECK (%s OR kind = ''officer'')',
      one.tab, one.conname, one.conname, one.said);
  END LOOP;
END $$;

ALTER TABLE agency_person ADD COLUMN leaf text UNIQUE REFERENCES leaf (id);

CREATE TABLE agency_invitation (
  id          text PRIMARY KEY CHECK (id <> ''),
  agency      text NOT NULL REFERENCES agency (ori),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  role        text NOT NULL CHECK (role IN ('officer', 'supervisor', 'custodian', 'administrator')),
  secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
  by_whom     text NOT NULL REFERENCES account (id),
  ends        timestamptz NOT NULL,
  account     text UNIQUE REFERENCES account (id) ON DELETE SET NULL  -- who answered, with keys and passkey; may nothing yet
);
CREATE INDEX agency_invitation_by_agency ON agency_invitation (agency);
GRANT SELECT, INSERT, DELETE, UPDATE (account) ON agency_invitation TO fanlight_app;

-- A person who came: no role before. By an administrator; by nobody of the agency where the operator made its first one.
ALTER TABLE person_change ALTER COLUMN role DROP NOT NULL, ALTER COLUMN by_whom DROP NOT NULL,
  ADD CHECK (role IS NOT NULL OR made IS NOT NULL),
  ADD CHECK (by_whom IS NOT NULL OR (role IS NULL AND made = 'administrator'));
