-- Room: programme. Clerks, agreements and their steps. The tables refuse what the steps before do not carry: whoever writes
-- a row, by whatever program, is asked for the clerk's signature and for the entry in the record that says the same.
-- All functions name their schema: a table of somebody's own, put in front by search_path, must answer for none of ours.

-- The day as this database knows it. No step lies ahead of it.
CREATE FUNCTION register_today() RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date $$;

-- In which transaction the town was set up: steps from before the record began are taken over there and nowhere else.
ALTER TABLE town ADD COLUMN began xid8 NOT NULL DEFAULT pg_current_xact_id();

ALTER TABLE account DROP CONSTRAINT account_kind_check,
  ADD CONSTRAINT account_kind_check CHECK (kind IN ('member', 'hub', 'officer', 'operator', 'clerk'));
ALTER TABLE passkey DROP CONSTRAINT passkey_kind_check,
  ADD CONSTRAINT passkey_kind_check CHECK (kind IN ('member', 'clerk'));

CREATE TABLE clerk (
  id             text PRIMARY KEY,
  account        text NOT NULL,
  kind           text NOT NULL DEFAULT 'clerk' CHECK (kind = 'clerk'),
  name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  office         text NOT NULL CHECK (length(office) BETWEEN 1 AND 200),
  sign_pub       bytea NOT NULL CHECK (length(sign_pub) = 32),
  statement      text NOT NULL,                       -- canonical JSON, signed by whom it appoints
  acceptance     bytea NOT NULL CHECK (length(acceptance) = 64),
  handed_over_by text REFERENCES clerk (id),
  handover       bytea CHECK (length(handover) = 64),
  document       text NOT NULL CHECK (length(document) BETWEEN 1 AND 131072),
  day            date NOT NULL,
  counts_from    date NOT NULL,
  ended          date,
  brought        boolean NOT NULL DEFAULT false,
  leaf           text NOT NULL UNIQUE REFERENCES leaf (id),
  end_leaf       text UNIQUE REFERENCES leaf (id),
  FOREIGN KEY (account, kind) REFERENCES account (id, kind),
  CHECK ((handed_over_by IS NULL) = (handover IS NULL)),
  CHECK ((ended IS NULL) = (end_leaf IS NULL))
);

-- What an earlier Fanlight brought into force has no signature on its vote.
ALTER TABLE agreement DROP CONSTRAINT agreement_state_check;
UPDATE agreement SET state = 'suspended' WHERE state NOT IN ('ended', 'suspended');
ALTER TABLE agreement
  ADD CONSTRAINT agreement_state_check CHECK (state IN ('draft', 'published', 'hearing', 'voted', 'rejected',
    'in_force', 'withdrawn', 'ended', 'cancelled', 'expired', 'suspended')),
  ADD COLUMN papers text NOT NULL DEFAULT '{}' CHECK (length(papers) <= 65535),
  ADD COLUMN renews text REFERENCES agreement (id),
  ADD COLUMN comment_until date,
  ADD COLUMN day date;
ALTER TABLE agreement ALTER COLUMN papers DROP DEFAULT;
REVOKE UPDATE (state, leaf) ON agreement FROM fanlight_app;
GRANT UPDATE (pack, valid_from, valid_until, papers, renews) ON agreement TO fanlight_app;

CREATE TABLE agreement_document (
  agreement text NOT NULL REFERENCES agreement (id),
  sha256    text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('agreement', 'impact-report', 'use-policy', 'findings', 'advice', 'minutes',
              'yearly-report', 'other')),
  title     text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  author    text NOT NULL CHECK (length(author) BETWEEN 1 AND 200),
  written   date NOT NULL,
  body      text NOT NULL CHECK (length(body) BETWEEN 1 AND 131072),
  leaf      text NOT NULL REFERENCES leaf (id),
  PRIMARY KEY (agreement, sha256, kind),
  CHECK (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex'))
);

CREATE TABLE agreement_step (
  agreement     text NOT NULL REFERENCES agreement (id),
  place         integer NOT NULL CHECK (place >= 0),
  state         text NOT NULL,
  day           date NOT NULL,
  brought       boolean NOT NULL DEFAULT false,
  comment_until date,
  reason        text CHECK (length(reason) BETWEEN 1 AND 500),
  clerk         text REFERENCES clerk (id),
  statement     text,                                 -- canonical JSON, as signed
  signature     bytea CHECK (length(signature) = 64),
  leaf          text NOT NULL UNIQUE REFERENCES leaf (id),
  PRIMARY KEY (agreement, place),
  CHECK ((state IN ('hearing', 'voted', 'rejected', 'in_force')) = (clerk IS NOT NULL)),
  CHECK ((clerk IS NULL) = (statement IS NULL) AND (clerk IS NULL) = (signature IS NULL)),
  CHECK ((state = 'published') = (comment_until IS NOT NULL))
);
CREATE INDEX agreement_step_by_day ON agreement_step (day);

CREATE FUNCTION public_of(entry text, kind text) RETURNS jsonb LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT convert_from(body, 'UTF8')::jsonb -> 'pub' FROM public.leaf WHERE id = entry AND type = kind
$$;

CREATE FUNCTION plain_base64(data bytea) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT translate(encode(data, 'base64'), E'\n', '') $$;

CREATE FUNCTION signed_for_register(public_key bytea, statement text, signature bytea) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.ed25519_holds(public_key, convert_to(E'fanlight/register/v1\n' || statement, 'UTF8'), signature)
$$;

CREATE FUNCTION in_the_beginning() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM public.town WHERE began = pg_current_xact_id()) $$;

-- The facts of docs/spec/packs.md (agreement.approve, agreement.renew) as the rows tell them, on a day. Before the vote
-- they are counted up to that day.
CREATE FUNCTION agreement_facts(wanted text, on_day date) RETURNS jsonb LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  WITH a AS (SELECT agency, valid_from, valid_until, papers::jsonb AS p FROM public.agreement WHERE id = wanted),
  published AS (SELECT day, comment_until FROM public.agreement_step WHERE agreement = wanted AND state = 'published'),
  voted AS (SELECT statement::jsonb -> 'vote' AS v FROM public.agreement_step
    WHERE agreement = wanted AND state IN ('voted', 'rejected')),
  ballot AS (SELECT coalesce((SELECT (v ->> 'date')::date FROM voted), on_day) AS day),
  heard AS (SELECT count(*) AS n FROM public.agreement_step, ballot WHERE agreement = wanted AND state = 'hearing'
    AND (statement::jsonb -> 'hearing' ->> 'date')::date <= ballot.day),
  paper AS (SELECT d ->> 'kind' AS kind, coalesce(d -> 'parts', '[]') AS parts
    FROM a, jsonb_array_elements(a.p -> 'documents') AS d),
  clause AS (SELECT c ->> 'kind' AS kind FROM a, jsonb_array_elements(a.p -> 'clauses') AS c),
  owed AS (  -- whole years of an agreement of this agency, and the yearly reports that were filed on it
    SELECT bool_or((least(coalesce((SELECT min(e.day) FROM public.agreement_step e WHERE e.agreement = o.id
        AND e.state IN ('ended', 'cancelled', 'expired')), on_day), on_day) - o.valid_from) / 365
      > (SELECT count(*) FROM public.agreement_document r WHERE r.agreement = o.id AND r.kind = 'yearly-report')) AS late
    FROM public.agreement o, a WHERE o.agency = a.agency AND o.id <> wanted
      AND EXISTS (SELECT FROM public.agreement_step f WHERE f.agreement = o.id AND f.state = 'in_force'))
  SELECT jsonb_build_object(
    'vote_recorded', EXISTS (SELECT FROM voted),
    'vote_form', coalesce((SELECT v ->> 'form' FROM voted), 'none'),
    'ayes', coalesce((SELECT (v ->> 'ayes')::bigint FROM voted), 0),
    'noes', coalesce((SELECT (v ->> 'noes')::bigint FROM voted), 0),
    'findings_made', coalesce((SELECT (v ->> 'findings')::boolean FROM voted), false),
    'hearing_held', (SELECT n > 0 FROM heard),
    'published_days', coalesce((SELECT greatest(ballot.day - published.day, 0) FROM published, ballot), 0),
    'comment_days', coalesce((SELECT greatest(least(comment_until, ballot.day) - published.day, 0) FROM published, ballot), 0),
    'community_meetings', coalesce((SELECT (v ->> 'meetings')::bigint FROM voted), 0),
    'advisory', coalesce((SELECT v ->> 'advisory' FROM voted), 'none'),
    'advisory_days', coalesce((SELECT greatest(ballot.day - (v ->> 'asked')::date, 0) FROM voted, ballot), 0),
    'counsel_reviewed', coalesce((SELECT (v ->> 'counsel_reviewed')::boolean FROM voted), false),
    'impact_report', EXISTS (SELECT FROM paper WHERE kind = 'impact-report'),
    'use_policy', EXISTS (SELECT FROM paper WHERE kind = 'use-policy'),
    'fiscal_part', EXISTS (SELECT FROM paper WHERE kind = 'impact-report' AND parts ? 'fiscal'),
    'equity_part', EXISTS (SELECT FROM paper WHERE kind = 'impact-report' AND parts ? 'equity'),
    'exit_cost_stated', coalesce(btrim(a.p ->> 'exit_cost'), '') <> '',
    'term_days', a.valid_until - a.valid_from,
    'report_overdue', coalesce((SELECT late FROM owed), false),
    'clause_data_sharing', EXISTS (SELECT FROM clause WHERE kind = 'data-sharing'),
    'clause_cad_feed', EXISTS (SELECT FROM clause WHERE kind = 'cad-feed'),
    'clause_promotion', EXISTS (SELECT FROM clause WHERE kind = 'promotion'),
    'clause_quota', EXISTS (SELECT FROM clause WHERE kind = 'quota'),
    'clause_exclusive', EXISTS (SELECT FROM clause WHERE kind = 'exclusive'),
    'clause_speech', EXISTS (SELECT FROM clause WHERE kind = 'speech'),
    'clause_discount', EXISTS (SELECT FROM clause WHERE kind = 'discount'),
    'clause_subsidy', EXISTS (SELECT FROM clause WHERE kind = 'subsidy'),
    'clause_secrecy', EXISTS (SELECT FROM clause WHERE kind = 'secrecy'))
  FROM a
$$;

CREATE FUNCTION clerk_is_appointed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s jsonb := NEW.statement::jsonb;
  known bytea := (SELECT sign_pub FROM public.account WHERE id = NEW.account);
  before public.clerk;
BEGIN
  PERFORM pg_advisory_xact_lock(1919248499);
  IF known IS DISTINCT FROM NEW.sign_pub THEN RAISE EXCEPTION 'clerk: the account signs with another key'; END IF;
  IF s IS DISTINCT FROM jsonb_build_object('v', 1, 'clerk', NEW.id, 'name', NEW.name, 'office', NEW.office,
       'key', public.plain_base64(NEW.sign_pub), 'day', NEW.day::text, 'appointed', s -> 'appointed')
     OR s -> 'appointed' ->> 'document' IS DISTINCT FROM encode(sha256(convert_to(NEW.document, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'clerk: the row is not what the statement says';
  END IF;
  IF NOT coalesce(public.public_of(NEW.leaf, 'clerk') @> jsonb_build_object('clerk', NEW.id, 'statement', NEW.statement,
       'acceptance', public.plain_base64(NEW.acceptance), 'counts_from', NEW.counts_from::text), false) THEN
    RAISE EXCEPTION 'clerk: no entry in the record says so';
  END IF;
  IF NOT public.signed_for_register(NEW.sign_pub, NEW.statement, NEW.acceptance) THEN
    RAISE EXCEPTION 'clerk: not signed by the key that it names';
  END IF;
  IF NEW.brought AND NOT public.in_the_beginning() THEN RAISE EXCEPTION 'clerk: the record has begun'; END IF;
  IF NEW.ended IS NOT NULL OR NEW.counts_from < NEW.day OR NEW.day > public.register_today()
     OR NOT NEW.brought AND NEW.day < coalesce((SELECT max(day) FROM public.clerk), NEW.day) THEN
    RAISE EXCEPTION 'clerk: the days are not in order';
  END IF;
  IF EXISTS (SELECT FROM public.clerk) AND NOT NEW.brought THEN
    IF NEW.handover IS NULL THEN
      IF NEW.counts_from < NEW.day + 14 THEN
        RAISE EXCEPTION 'clerk: without the word of the clerk in office it counts from the fifteenth day';
      END IF;
    ELSE
      SELECT * INTO before FROM public.clerk WHERE id = NEW.handed_over_by;
      IF before.counts_from > NEW.day OR before.ended <= NEW.day
         OR NOT public.signed_for_register(before.sign_pub, NEW.statement, NEW.handover) THEN
        RAISE EXCEPTION 'clerk: not handed over by a clerk in office';
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION clerk_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.ended IS NULL AND NEW.ended >= OLD.day AND NEW.ended <= public.register_today()
     AND to_jsonb(NEW) - '{ended,end_leaf}'::text[] = to_jsonb(OLD) - '{ended,end_leaf}'::text[]
     AND coalesce(public.public_of(NEW.end_leaf, 'clerk-ended') @> jsonb_build_object('clerk', NEW.id, 'day', NEW.ended::text), false)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'clerk: an appointment stays as it was made';
END $$;

CREATE FUNCTION step_may_follow(before text, state text) RETURNS boolean LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(CASE before
    WHEN 'draft' THEN state IN ('draft', 'published', 'withdrawn')
    WHEN 'published' THEN state IN ('hearing', 'withdrawn')
    WHEN 'hearing' THEN state IN ('hearing', 'voted', 'rejected', 'withdrawn')
    WHEN 'voted' THEN state IN ('in_force', 'withdrawn')
    WHEN 'in_force' THEN state IN ('ended', 'cancelled', 'expired')
    ELSE before IS NULL AND state = 'draft' END, false)
$$;

CREATE FUNCTION step_is_carried() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a public.agreement; was public.agreement_step; by_whom public.clerk;
  hash text; entry jsonb; s jsonb; about jsonb; told date; heard date;
BEGIN
  PERFORM pg_advisory_xact_lock(1919248499);
  SELECT * INTO a FROM public.agreement WHERE id = NEW.agreement FOR UPDATE;
  SELECT * INTO was FROM public.agreement_step WHERE agreement = NEW.agreement ORDER BY place DESC LIMIT 1;
  hash := encode(sha256(convert_to(a.papers, 'UTF8')), 'hex');
  IF NEW.place IS DISTINCT FROM coalesce(was.place + 1, 0) THEN RAISE EXCEPTION 'step: not the next'; END IF;
  IF NOT public.step_may_follow(was.state, NEW.state) THEN
    RAISE EXCEPTION 'step: % does not follow %', NEW.state, coalesce(was.state, 'nothing');
  END IF;
  IF NEW.brought AND NOT public.in_the_beginning() THEN RAISE EXCEPTION 'step: the record has begun'; END IF;
  IF NEW.day > public.register_today() OR NEW.day < was.day
     OR NOT NEW.brought AND NEW.day < (SELECT max(day) FROM public.agreement_step) THEN
    RAISE EXCEPTION 'step: the day is not in order';
  END IF;

  entry := public.public_of(NEW.leaf, 'agreement');
  IF NOT coalesce(entry @> jsonb_build_object('agreement', a.id, 'agency', a.agency, 'pack', a.pack,
       'from', a.valid_from::text, 'until', a.valid_until::text, 'state', NEW.state, 'day', NEW.day::text,
       'brought', NEW.brought, 'papers', hash), false)
     OR entry ->> 'reason' IS DISTINCT FROM NEW.reason
     OR entry ->> 'comment_until' IS DISTINCT FROM NEW.comment_until::text
     OR entry ->> 'statement' IS DISTINCT FROM NEW.statement
     OR entry ->> 'signature' IS DISTINCT FROM public.plain_base64(NEW.signature) THEN
    RAISE EXCEPTION 'step: no entry in the record says so';
  END IF;

  IF NEW.state = 'draft' AND EXISTS (SELECT FROM jsonb_each(jsonb_build_object('agreement', a.id, 'agency', a.agency,
       'pack', a.pack, 'from', a.valid_from::text, 'until', a.valid_until::text, 'renews', a.renews)) AS f
       WHERE a.papers::jsonb -> f.key IS DISTINCT FROM f.value) THEN
    RAISE EXCEPTION 'step: the papers are of another agreement';
  END IF;
  IF NEW.state = 'published' THEN
    IF hash IS DISTINCT FROM public.public_of(was.leaf, 'agreement') ->> 'papers' THEN
      RAISE EXCEPTION 'step: these are not the papers of the last draft';
    END IF;
    IF NEW.comment_until <= NEW.day THEN RAISE EXCEPTION 'step: nobody could comment'; END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(a.papers::jsonb -> 'documents') AS d WHERE NOT EXISTS (
         SELECT FROM public.agreement_document t WHERE t.agreement = a.id AND t.sha256 = d ->> 'sha256')) THEN
      RAISE EXCEPTION 'step: a document is missing';
    END IF;
  END IF;

  IF NEW.state = 'expired' AND NEW.day < a.valid_until THEN RAISE EXCEPTION 'step: its term is not over'; END IF;

  IF NEW.clerk IS NOT NULL THEN
    SELECT * INTO by_whom FROM public.clerk WHERE id = NEW.clerk;
    IF by_whom.counts_from > NEW.day OR by_whom.ended <= NEW.day THEN
      RAISE EXCEPTION 'step: that clerk is not in office';
    END IF;
    IF NOT public.signed_for_register(by_whom.sign_pub, NEW.statement, NEW.signature) THEN
      RAISE EXCEPTION 'step: the signature does not hold';
    END IF;
    s := NEW.statement::jsonb;
    IF NOT s @> jsonb_build_object('v', 1, 'agreement', a.id, 'papers', hash, 'pack', a.pack, 'state', NEW.state,
         'clerk', NEW.clerk, 'day', NEW.day::text) THEN
      RAISE EXCEPTION 'step: the clerk signed something else';
    END IF;
    SELECT day INTO told FROM public.agreement_step WHERE agreement = a.id AND state = 'published';
    SELECT min((statement::jsonb -> 'hearing' ->> 'date')::date) INTO heard FROM public.agreement_step
      WHERE agreement = a.id AND state = 'hearing';
    about := CASE NEW.state WHEN 'hearing' THEN s -> 'hearing' WHEN 'in_force' THEN NULL ELSE s -> 'vote' END;
    IF about IS NOT NULL THEN
      IF ((about ->> 'date')::date BETWEEN coalesce(heard, told) AND NEW.day) IS NOT TRUE
         OR coalesce(about ->> 'body', '') = '' THEN
        RAISE EXCEPTION 'step: it was held before it could be, or by nobody';
      END IF;
      IF (NEW.state = 'hearing' OR about ->> 'minutes' IS NOT NULL) AND NOT EXISTS (
           SELECT FROM public.agreement_document t
           WHERE t.agreement = a.id AND t.kind = 'minutes' AND t.sha256 = about ->> 'minutes') THEN
        RAISE EXCEPTION 'step: the minutes are missing';
      END IF;
    END IF;
    IF NEW.state IN ('voted', 'rejected') AND
       (((about ->> 'ayes')::bigint > (about ->> 'noes')::bigint) IS DISTINCT FROM (NEW.state = 'voted')
        OR (about ->> 'noes')::bigint < 0 OR coalesce(about ->> 'reference', '') = '') THEN
      RAISE EXCEPTION 'step: that is not how the vote went';
    END IF;
    IF NEW.state = 'in_force' THEN
      IF was.statement IS NULL OR s ->> 'vote' IS DISTINCT FROM encode(sha256(convert_to(was.statement, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'step: that is not the vote';
      END IF;
      IF entry -> 'facts' IS DISTINCT FROM public.agreement_facts(a.id, NEW.day) THEN
        RAISE EXCEPTION 'step: the facts in the entry are not those of the register';
      END IF;
      IF NOT (NEW.day >= a.valid_from AND NEW.day < a.valid_until) THEN
        RAISE EXCEPTION 'step: the day is outside its term';
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION step_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v jsonb := CASE WHEN NEW.state IN ('voted', 'rejected') THEN NEW.statement::jsonb -> 'vote' END;
BEGIN
  UPDATE public.agreement SET state = NEW.state, leaf = NEW.leaf, day = NEW.day,
    comment_until = coalesce(NEW.comment_until, comment_until),
    vote_body = coalesce(v ->> 'body', vote_body), vote_date = coalesce((v ->> 'date')::date, vote_date),
    vote_ayes = coalesce((v ->> 'ayes')::integer, vote_ayes), vote_noes = coalesce((v ->> 'noes')::integer, vote_noes),
    vote_reference = coalesce(v ->> 'reference', vote_reference)
    WHERE id = NEW.agreement;
  RETURN NULL;
END $$;

CREATE FUNCTION agreement_follows_its_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last public.agreement_step; v jsonb;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state = 'draft' AND num_nonnulls(NEW.vote_body, NEW.vote_date, NEW.vote_ayes, NEW.vote_noes,
         NEW.vote_reference, NEW.comment_until, NEW.day) = 0 THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'agreement: it begins as a draft';
  END IF;
  SELECT * INTO last FROM public.agreement_step WHERE agreement = OLD.id ORDER BY place DESC LIMIT 1;
  SELECT statement::jsonb -> 'vote' INTO v FROM public.agreement_step
    WHERE agreement = OLD.id AND state IN ('voted', 'rejected');
  IF (NEW.id, NEW.agency) IS DISTINCT FROM (OLD.id, OLD.agency)
     OR NEW.state IS DISTINCT FROM last.state
     OR NEW.comment_until IS DISTINCT FROM (SELECT comment_until FROM public.agreement_step
          WHERE agreement = OLD.id AND state = 'published')
     OR (NEW.vote_body, NEW.vote_date, NEW.vote_ayes, NEW.vote_noes, NEW.vote_reference) IS DISTINCT FROM
        (v ->> 'body', (v ->> 'date')::date, (v ->> 'ayes')::integer, (v ->> 'noes')::integer, v ->> 'reference') THEN
    RAISE EXCEPTION 'agreement: no step of it says so';
  END IF;
  IF last.state <> 'draft' AND (NEW.pack, NEW.valid_from, NEW.valid_until, NEW.papers, NEW.renews)
     IS DISTINCT FROM (OLD.pack, OLD.valid_from, OLD.valid_until, OLD.papers, OLD.renews) THEN
    RAISE EXCEPTION 'agreement: its papers are published';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION stays_in_the_register() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RAISE EXCEPTION 'register: what is in it stays';
END $$;

CREATE TRIGGER appointed BEFORE INSERT ON clerk FOR EACH ROW EXECUTE FUNCTION clerk_is_appointed();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON clerk FOR EACH ROW EXECUTE FUNCTION clerk_stays();
CREATE TRIGGER kept BEFORE TRUNCATE ON clerk EXECUTE FUNCTION stays_in_the_register();
CREATE TRIGGER carried BEFORE INSERT ON agreement_step FOR EACH ROW EXECUTE FUNCTION step_is_carried();
CREATE TRIGGER counts AFTER INSERT ON agreement_step FOR EACH ROW EXECUTE FUNCTION step_counts();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON agreement_step FOR EACH ROW EXECUTE FUNCTION stays_in_the_register();
CREATE TRIGGER kept BEFORE TRUNCATE ON agreement_step EXECUTE FUNCTION stays_in_the_register();
CREATE TRIGGER follows BEFORE INSERT OR UPDATE ON agreement FOR EACH ROW EXECUTE FUNCTION agreement_follows_its_steps();
CREATE TRIGGER stays BEFORE DELETE ON agreement FOR EACH ROW EXECUTE FUNCTION stays_in_the_register();
CREATE TRIGGER kept BEFORE TRUNCATE ON agreement EXECUTE FUNCTION stays_in_the_register();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON agreement_document FOR EACH ROW EXECUTE FUNCTION stays_in_the_register();
-- Also where a session calls itself a replica.
ALTER TABLE clerk ENABLE ALWAYS TRIGGER appointed, ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER kept;
ALTER TABLE agreement_step ENABLE ALWAYS TRIGGER carried, ENABLE ALWAYS TRIGGER counts, ENABLE ALWAYS TRIGGER stays,
  ENABLE ALWAYS TRIGGER kept;
ALTER TABLE agreement ENABLE ALWAYS TRIGGER follows, ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER kept;
ALTER TABLE agreement_document ENABLE ALWAYS TRIGGER stays;

GRANT SELECT, INSERT, UPDATE (ended, end_leaf) ON clerk TO fanlight_app;
GRANT SELECT, INSERT ON agreement_document, agreement_step TO fanlight_app;
