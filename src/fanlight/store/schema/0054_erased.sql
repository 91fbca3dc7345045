-- Rooms: programme, evidence. A comment that goes is erased: neither its row nor the record's openings hold name or words.

ALTER TABLE agreement_comment ALTER COLUMN name DROP NOT NULL, ALTER COLUMN words DROP NOT NULL,
  ALTER COLUMN likeness DROP NOT NULL;   -- a hash of words that somebody could guess
DROP TRIGGER stays ON agreement_comment;
DELETE FROM opening WHERE leaf IN (SELECT leaf FROM agreement_comment WHERE removed IS NOT NULL);
UPDATE agreement_comment SET name = NULL, words = NULL, likeness = NULL WHERE removed IS NOT NULL;
ALTER TABLE agreement_comment ADD CONSTRAINT erased
  CHECK (num_nonnulls(name, words, likeness) = CASE WHEN removed IS NULL THEN 3 ELSE 0 END);

CREATE OR REPLACE FUNCTION comment_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.removed IS NULL AND num_nonnulls(NEW.name, NEW.words, NEW.likeness) = 0
     AND to_jsonb(NEW) - '{removed,removed_leaf,name,words,likeness}'::text[]
       = to_jsonb(OLD) - '{removed,removed_leaf,name,words,likeness}'::text[]
     AND NOT EXISTS (SELECT FROM public.opening WHERE leaf = OLD.leaf)
     AND coalesce(public.public_of(NEW.removed_leaf, 'comment-removed')
       @> jsonb_build_object('comment', NEW.id, 'rule', NEW.removed), false) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'comment: it goes by a rule, in the record, with its words, and not otherwise';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON agreement_comment FOR EACH ROW EXECUTE FUNCTION comment_stays();
GRANT UPDATE (name, words, likeness) ON agreement_comment TO fanlight_app;

-- One key signs statements on agreements and appointments of who follows. A row takes a text that is one of them to the
-- letter: with the fields that it has, no more, each once and in order, so that none can be read as the other.
CREATE FUNCTION fields_of(said json) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT ARRAY(SELECT json_object_keys(said)) $$;

CREATE FUNCTION clerk_says_just_that() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a jsonb := NEW.statement::jsonb -> 'appointed';
BEGIN
  IF NEW.statement = '{"appointed":{"body":' || to_json(a ->> 'body') || ',"date":' || to_json(a ->> 'date')
     || ',"document":' || to_json(a ->> 'document') || ',"reference":' || to_json(a ->> 'reference')
     || '},"clerk":' || to_json(NEW.id) || ',"day":' || to_json(NEW.day::text)
     || ',"key":' || to_json(public.plain_base64(NEW.sign_pub)) || ',"name":' || to_json(NEW.name)
     || ',"office":' || to_json(NEW.office) || ',"v":1}' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'clerk: the statement is not just an appointment';
END $$;

CREATE FUNCTION step_says_just_that() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s json := NEW.statement::json;
  on_hearing constant text[] := '{agreement,clerk,day,hearing,pack,papers,state,v}';
  on_vote constant text[] := '{agreement,clerk,day,pack,papers,state,v,vote}';
  vote constant text[] := '{advisory,asked,ayes,body,counsel_reviewed,date,findings,form,meetings,minutes,noes,reference}';
BEGIN
  IF s IS NULL OR (CASE NEW.state
      WHEN 'hearing' THEN public.fields_of(s) = on_hearing AND public.fields_of(s -> 'hearing') = '{body,date,minutes}'
      WHEN 'in_force' THEN public.fields_of(s) = on_vote AND json_typeof(s -> 'vote') = 'string'
      ELSE public.fields_of(s) = on_vote AND public.fields_of(s -> 'vote') = vote END) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'step: the statement is not just that';
END $$;
CREATE TRIGGER said BEFORE INSERT ON clerk FOR EACH ROW EXECUTE FUNCTION clerk_says_just_that();
CREATE TRIGGER said BEFORE INSERT ON agreement_step FOR EACH ROW EXECUTE FUNCTION step_says_just_that();
ALTER TABLE clerk ENABLE ALWAYS TRIGGER said;
ALTER TABLE agreement_step ENABLE ALWAYS TRIGGER said;

-- Who tried today to look at what, after the agreement was over: an officer who tries again adds nothing to the record.
CREATE TABLE look_refused (
  agency  text NOT NULL REFERENCES agency (ori),
  by_whom text NOT NULL REFERENCES agency_person (account),
  what    text NOT NULL,                              -- a request or disclosure of the agency; empty for all else
  day     date NOT NULL,
  PRIMARY KEY (agency, by_whom, what, day)
);
GRANT SELECT, INSERT, DELETE ON look_refused TO fanlight_app;
