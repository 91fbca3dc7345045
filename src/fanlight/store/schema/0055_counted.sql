-- Room: programme. What counts, and from when.

-- A yearly report counts that came after its agreement's first day: not one among the papers that were voted on.

CREATE OR REPLACE FUNCTION agreement_facts(wanted text, on_day date) RETURNS jsonb LANGUAGE sql STABLE
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
  owed AS (  -- whole years of an agreement of this agency, and the yearly reports on it that came after its first day
    SELECT bool_or((least(coalesce((SELECT min(e.day) FROM public.agreement_step e WHERE e.agreement = o.id
        AND e.state IN ('ended', 'cancelled', 'expired')), on_day), on_day) - o.valid_from) / 365
      > (SELECT count(*) FROM public.agreement_document r JOIN public.leaf l ON l.id = r.leaf WHERE r.agreement = o.id
        AND r.kind = 'yearly-report' AND l.type = 'agreement-document' AND r.written > o.valid_from)) AS late
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

-- Nor one that came early and names a later day. A day's grace, for a town whose day begins before this clock's.
CREATE FUNCTION report_is_written() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NEW.kind <> 'yearly-report' OR NEW.written <= public.register_today() + 1 THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'agreement_document: a report of a day to come';
END $$;
CREATE TRIGGER written BEFORE INSERT ON agreement_document FOR EACH ROW EXECUTE FUNCTION report_is_written();
ALTER TABLE agreement_document ENABLE ALWAYS TRIGGER written;

-- A clerk to whom no clerk in office handed over counts from the fifteenth day, the first one too: whom the town named before
-- its record began was there for everybody to see.
CREATE OR REPLACE FUNCTION clerk_is_appointed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
  IF NOT NEW.brought THEN
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

-- What 0050 leaves to the packs.
COMMENT ON FUNCTION ordinance_refuses(text, text, jsonb) IS 'Names each forbid that holds and each permit that does not, even where another permit holds: stricter than Cedar, which one permit suffices. A pack has exactly one permit for an action (fanlight.policy.pack refuses any other), so the two agree.';
