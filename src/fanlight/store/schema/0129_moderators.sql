-- Rooms: moderators, accounts, agencies. Who decides on posts is a person with keys of their own, which are in the record before
-- they count: who wrote a post is sealed to them.

DO $$ DECLARE
  one record;
BEGIN
  FOR one IN SELECT conrelid::regclass::text AS tab, conname, pg_get_expr(conbin, conrelid) AS said FROM pg_constraint
    WHERE conname IN ('account_kind_check', 'passkey_kind_check') AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I CHECK (%s OR kind = ''moderator'')',
      one.tab, one.conname, one.conname, one.said);
  END LOOP;
END $$;

CREATE TABLE moderator (
  account  text PRIMARY KEY,
  kind     text NOT NULL DEFAULT 'moderator' CHECK (kind = 'moderator'),
  name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  joined   date NOT NULL,
  leaf     text NOT NULL UNIQUE REFERENCES leaf (id),
  ended    date,
  end_leaf text UNIQUE REFERENCES leaf (id),
  FOREIGN KEY (account, kind) REFERENCES account (id, kind),
  CHECK ((ended IS NULL) = (end_leaf IS NULL))
);
CREATE FUNCTION moderator_is_entered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF TG_OP = 'INSERT' AND NEW.ended IS NULL AND coalesce(public.public_of(NEW.leaf, 'moderator-joined') @> (
      SELECT jsonb_build_object('key', public.plain_base64(a.sign_pub), 'recipient', a.age_recipient)
      FROM public.account a WHERE a.id = NEW.account), false) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.ended IS NULL AND NEW.ended IS NOT NULL
     AND to_jsonb(NEW) - '{ended,end_leaf}'::text[] = to_jsonb(OLD) - '{ended,end_leaf}'::text[]
     AND coalesce(public.public_of(NEW.end_leaf, 'moderator-ended') @> jsonb_build_object(
       'key', public.plain_base64((SELECT sign_pub FROM public.account WHERE id = NEW.account))), false) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'moderator: no entry in the record says so';
END $$;
CREATE TRIGGER entered BEFORE INSERT OR UPDATE OR DELETE ON moderator FOR EACH ROW EXECUTE FUNCTION moderator_is_entered();
ALTER TABLE moderator ENABLE ALWAYS TRIGGER entered;
GRANT SELECT, INSERT, UPDATE (ended, end_leaf) ON moderator TO fanlight_app;

-- An invitation of a moderator is of no agency, as counsel's is.
ALTER TABLE agency_invitation DROP CONSTRAINT agency_invitation_role_check,
  ADD CONSTRAINT agency_invitation_role_check CHECK (CASE WHEN agency IS NULL THEN role IN ('counsel', 'own-counsel', 'moderator')
    ELSE role IN ('officer', 'supervisor', 'custodian', 'administrator') END);
