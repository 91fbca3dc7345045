-- Rooms: counsel, process, accounts, agencies. Who decides on legal process is a person with a key of their own, which is in the record
-- before it counts. The tables ask for that key's signature on each decision and packet, whoever writes the row.

DO $$ DECLARE
  one record;
BEGIN
  FOR one IN SELECT conrelid::regclass::text AS tab, conname, pg_get_expr(conbin, conrelid) AS said FROM pg_constraint
    WHERE conname IN ('account_kind_check', 'passkey_kind_check') AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I CHECK (%s OR kind = ''counsel'')',
      one.tab, one.conname, one.conname, one.said);
  END LOOP;
END $$;

-- `own`: the operator says that they are their own counsel, and the record says so.
CREATE TABLE counsel (
  account  text PRIMARY KEY,
  kind     text NOT NULL DEFAULT 'counsel' CHECK (kind = 'counsel'),
  name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  own      boolean NOT NULL,
  joined   date NOT NULL,
  leaf     text NOT NULL UNIQUE REFERENCES leaf (id),
  ended    date,
  end_leaf text UNIQUE REFERENCES leaf (id),
  FOREIGN KEY (account, kind) REFERENCES account (id, kind),
  CHECK ((ended IS NULL) = (end_leaf IS NULL))
);
CREATE FUNCTION counsel_is_entered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF TG_OP = 'INSERT' AND NEW.ended IS NULL AND coalesce(public.public_of(NEW.leaf, 'counsel-joined') @> jsonb_build_object(
      'key', public.plain_base64((SELECT sign_pub FROM public.account WHERE id = NEW.account)), 'own', NEW.own), false) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.ended IS NULL AND NEW.ended IS NOT NULL
     AND to_jsonb(NEW) - '{ended,end_leaf}'::text[] = to_jsonb(OLD) - '{ended,end_leaf}'::text[]
     AND coalesce(public.public_of(NEW.end_leaf, 'counsel-ended') @> jsonb_build_object(
       'key', public.plain_base64((SELECT sign_pub FROM public.account WHERE id = NEW.account))), false) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'counsel: no entry in the record says so';
END $$;
CREATE TRIGGER entered BEFORE INSERT OR UPDATE OR DELETE ON counsel FOR EACH ROW EXECUTE FUNCTION counsel_is_entered();
ALTER TABLE counsel ENABLE ALWAYS TRIGGER entered;
GRANT SELECT, INSERT, UPDATE (ended, end_leaf) ON counsel TO fanlight_app;

-- An invitation of the operator's counsel is of no agency.
ALTER TABLE agency_invitation ALTER COLUMN agency DROP NOT NULL,
  DROP CONSTRAINT agency_invitation_role_check,
  ADD CONSTRAINT agency_invitation_role_check CHECK (CASE WHEN agency IS NULL THEN role IN ('counsel', 'own-counsel')
    ELSE role IN ('officer', 'supervisor', 'custodian', 'administrator') END);

-- `signature`: of all that was decided, for whoever has it before them; `signed`: of what everybody reads. Both base64.
ALTER TABLE process ADD COLUMN counsel text REFERENCES counsel (account), ADD COLUMN signature text, ADD COLUMN signed text;
ALTER TABLE process_packet ADD COLUMN signature text, ADD COLUMN signed text;
ALTER TABLE process_renewal ADD COLUMN signature text;
GRANT UPDATE (counsel, signature, signed) ON process TO fanlight_app;

CREATE FUNCTION signed_by_counsel(who text, on_day date, statement text, signature text) RETURNS boolean LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  key bytea;
BEGIN
  SELECT a.sign_pub INTO key FROM public.counsel c JOIN public.account a ON a.id = c.account JOIN public.leaf l ON l.id = c.leaf
    WHERE c.account = who AND l.idx IS NOT NULL AND c.ended IS NULL AND c.joined <= on_day;
  RETURN coalesce(public.ed25519_holds(key, convert_to(E'fanlight/process/v1\n' || statement, 'UTF8'), decode(signature, 'base64')), false);
END $$;
REVOKE ALL ON FUNCTION signed_by_counsel(text, date, text, text) FROM PUBLIC;

CREATE FUNCTION process_is_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF OLD.decision IS NOT NULL THEN
    IF (NEW.decision, NEW.decided, NEW.reason, NEW.scope, NEW.counsel, NEW.signature, NEW.signed)
       IS DISTINCT FROM (OLD.decision, OLD.decided, OLD.reason, OLD.scope, OLD.counsel, OLD.signature, OLD.signed) THEN
      RAISE EXCEPTION 'process: a decision stands';
    END IF;
  ELSIF NEW.decision IS NOT NULL AND NOT public.signed_by_counsel(NEW.counsel, NEW.decided, format(
      '{"act":"decide","day":"%s","decision":"%s","kind":"%s","process":"%s","v":1}',
      NEW.decided, NEW.decision, NEW.form::jsonb ->> 'kind', NEW.id), NEW.signed) THEN
    RAISE EXCEPTION 'process: counsel did not sign that';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed BEFORE UPDATE ON process FOR EACH ROW EXECUTE FUNCTION process_is_signed();

CREATE FUNCTION packet_is_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NOT public.signed_by_counsel(NEW.by_whom, NEW.made,
      format('{"act":"release","day":"%s","process":"%s","v":1}', NEW.made, NEW.process), NEW.signed) THEN
    RAISE EXCEPTION 'process: counsel did not sign that';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed BEFORE INSERT ON process_packet FOR EACH ROW EXECUTE FUNCTION packet_is_signed();
ALTER TABLE process ENABLE ALWAYS TRIGGER signed;
ALTER TABLE process_packet ENABLE ALWAYS TRIGGER signed;
