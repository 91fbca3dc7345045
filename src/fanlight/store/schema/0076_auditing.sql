-- Room: auditing. The auditor of an agency: appointed by the body that voted, entered by its clerk, for a term. The table asks
-- for the clerk's signature and for the entry in the record, whoever writes the row.

-- One kind of account more, whatever kinds there are by now.
DO $$ DECLARE
  one record;
BEGIN
  FOR one IN SELECT conrelid::regclass::text AS tab, conname, pg_get_expr(conbin, conrelid) AS said FROM pg_constraint
    WHERE conname IN ('account_kind_check', 'passkey_kind_check') AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I CHECK (%s OR kind = ''auditor'')',
      one.tab, one.conname, one.conname, one.said);
  END LOOP;
END $$;

CREATE TABLE agency_auditor (
  id          text PRIMARY KEY,
  account     text NOT NULL,
  kind        text NOT NULL DEFAULT 'auditor' CHECK (kind = 'auditor'),
  agency      text NOT NULL REFERENCES agency (ori),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sign_pub    bytea NOT NULL CHECK (length(sign_pub) = 32),
  offer       text NOT NULL,                          -- canonical JSON, signed by the auditor
  acceptance  bytea NOT NULL CHECK (length(acceptance) = 64),
  clerk       text NOT NULL REFERENCES clerk (id),
  statement   text NOT NULL,                          -- canonical JSON, signed by the clerk
  signature   bytea NOT NULL CHECK (length(signature) = 64),
  document    text NOT NULL CHECK (length(document) BETWEEN 1 AND 131072),
  day         date NOT NULL,
  valid_from  date NOT NULL,
  valid_until date NOT NULL CHECK (valid_until > valid_from AND valid_until <= valid_from + 1462),
  ended       date,
  leaf        text NOT NULL UNIQUE REFERENCES leaf (id),
  end_leaf    text UNIQUE REFERENCES leaf (id),
  FOREIGN KEY (account, kind) REFERENCES account (id, kind),
  CHECK ((ended IS NULL) = (end_leaf IS NULL))
);
CREATE INDEX agency_auditor_by_account ON agency_auditor (account);
CREATE INDEX agency_auditor_by_agency ON agency_auditor (agency, valid_from);

CREATE FUNCTION signed_for_auditing(public_key bytea, statement text, signature bytea) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.ed25519_holds(public_key, convert_to(E'fanlight/auditing/v1\n' || statement, 'UTF8'), signature)
$$;

CREATE FUNCTION auditor_is_appointed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  o jsonb := NEW.offer::jsonb;
  s jsonb := NEW.statement::jsonb;
  by_whom public.clerk;
BEGIN
  PERFORM pg_advisory_xact_lock(1919248499);
  SELECT * INTO by_whom FROM public.clerk WHERE id = NEW.clerk;
  IF by_whom.id IS NULL OR by_whom.counts_from > NEW.day OR by_whom.ended <= NEW.day THEN
    RAISE EXCEPTION 'auditor: that clerk is not in office';
  END IF;
  IF NEW.day > public.register_today() OR NEW.valid_from < NEW.day OR NEW.ended IS NOT NULL THEN
    RAISE EXCEPTION 'auditor: the days are not in order';
  END IF;
  IF (SELECT sign_pub FROM public.account WHERE id = NEW.account) IS DISTINCT FROM NEW.sign_pub
     OR NOT coalesce(o @> jsonb_build_object('v', 1, 'act', 'offer', 'auditor', NEW.id, 'agency', NEW.agency,
       'name', NEW.name, 'key', public.plain_base64(NEW.sign_pub)), false)
     OR NOT coalesce(s @> jsonb_build_object('v', 1, 'act', 'appoint', 'auditor', NEW.id, 'agency', NEW.agency,
       'offer', encode(sha256(convert_to(NEW.offer, 'UTF8')), 'hex'), 'from', NEW.valid_from::text,
       'until', NEW.valid_until::text, 'clerk', NEW.clerk, 'day', NEW.day::text), false)
     OR s -> 'appointed' ->> 'document' IS DISTINCT FROM encode(sha256(convert_to(NEW.document, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'auditor: the row is not what was signed';
  END IF;
  IF NOT coalesce(public.public_of(NEW.leaf, 'agency-auditor') @> jsonb_build_object('auditor', NEW.id,
       'offer', NEW.offer, 'acceptance', public.plain_base64(NEW.acceptance), 'statement', NEW.statement,
       'signature', public.plain_base64(NEW.signature)), false) THEN
    RAISE EXCEPTION 'auditor: no entry in the record says so';
  END IF;
  IF NOT public.signed_for_auditing(NEW.sign_pub, NEW.offer, NEW.acceptance)
     OR NOT public.signed_for_auditing(by_whom.sign_pub, NEW.statement, NEW.signature) THEN
    RAISE EXCEPTION 'auditor: a signature does not hold';
  END IF;
  IF EXISTS (SELECT FROM public.agency_auditor was WHERE (was.agency = NEW.agency OR was.account = NEW.account)
       AND daterange(was.valid_from, greatest(was.valid_from, least(was.valid_until, was.ended)))
         && daterange(NEW.valid_from, NEW.valid_until)) THEN
    RAISE EXCEPTION 'auditor: another term is not over';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION auditor_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  entry jsonb; s jsonb; by_whom public.clerk;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.ended IS NULL AND NEW.ended >= OLD.day AND NEW.ended <= public.register_today()
     AND to_jsonb(NEW) - '{ended,end_leaf}'::text[] = to_jsonb(OLD) - '{ended,end_leaf}'::text[] THEN
    entry := public.public_of(NEW.end_leaf, 'agency-auditor-ended');
    s := (entry ->> 'statement')::jsonb;
    SELECT * INTO by_whom FROM public.clerk WHERE id = s ->> 'clerk';
    IF by_whom.id IS NOT NULL AND by_whom.counts_from <= NEW.ended AND (by_whom.ended > NEW.ended) IS NOT FALSE
       AND s @> jsonb_build_object('v', 1, 'act', 'end', 'auditor', NEW.id, 'day', NEW.ended::text)
       AND public.signed_for_auditing(by_whom.sign_pub, entry ->> 'statement', decode(entry ->> 'signature', 'base64'))
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'auditor: an appointment stays as it was made';
END $$;

CREATE TRIGGER appointed BEFORE INSERT ON agency_auditor FOR EACH ROW EXECUTE FUNCTION auditor_is_appointed();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON agency_auditor FOR EACH ROW EXECUTE FUNCTION auditor_stays();
CREATE TRIGGER kept BEFORE TRUNCATE ON agency_auditor EXECUTE FUNCTION stays_in_the_register();
ALTER TABLE agency_auditor ENABLE ALWAYS TRIGGER appointed, ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER kept;
GRANT SELECT, INSERT, UPDATE (ended, end_leaf) ON agency_auditor TO fanlight_app;
