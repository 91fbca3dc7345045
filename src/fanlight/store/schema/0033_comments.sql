-- Room: programme. What everybody says of an agreement while it is open to comment. No account, no address.

CREATE TABLE agreement_comment (
  id           text PRIMARY KEY,
  nr           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  agreement    text NOT NULL REFERENCES agreement (id),
  day          date NOT NULL,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  words        text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
  likeness     text NOT NULL CHECK (length(likeness) = 64),   -- of the words at a glance: the same ones are taken once
  leaf         text NOT NULL UNIQUE REFERENCES leaf (id),
  removed      text,                                          -- id of the rule
  removed_leaf text UNIQUE REFERENCES leaf (id),
  UNIQUE (agreement, likeness),
  CHECK ((removed IS NULL) = (removed_leaf IS NULL))
);

CREATE FUNCTION comment_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NEW.removed IS NULL AND EXISTS (SELECT FROM public.agreement WHERE id = NEW.agreement
       AND state IN ('published', 'hearing') AND NEW.day BETWEEN day AND comment_until)
     AND coalesce(public.public_of(NEW.leaf, 'comment') @> jsonb_build_object('comment', NEW.id, 'agreement',
       NEW.agreement, 'day', NEW.day::text), false) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'comment: not open, or not in the record';
END $$;

CREATE FUNCTION comment_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.removed IS NULL
     AND to_jsonb(NEW) - '{removed,removed_leaf}'::text[] = to_jsonb(OLD) - '{removed,removed_leaf}'::text[]
     AND coalesce(public.public_of(NEW.removed_leaf, 'comment-removed')
       @> jsonb_build_object('comment', NEW.id, 'rule', NEW.removed), false) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'comment: it goes by a rule, in the record, and not otherwise';
END $$;

CREATE TRIGGER open BEFORE INSERT ON agreement_comment FOR EACH ROW EXECUTE FUNCTION comment_is_open();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON agreement_comment FOR EACH ROW EXECUTE FUNCTION comment_stays();
GRANT SELECT, INSERT, UPDATE (removed, removed_leaf) ON agreement_comment TO fanlight_app;
