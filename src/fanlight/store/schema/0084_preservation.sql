-- Rooms: process, vault. What counsel accepted to preserve is not lost while that stands: a clip or a household's own row
-- that is deleted meanwhile, by whomever and in whatever way, is put aside here and goes on the day after the end.

CREATE TABLE preservation (
  process   text NOT NULL REFERENCES process (id),
  household text NOT NULL,                             -- no reference: it outlives a household that leaves
  clips     boolean NOT NULL,                          -- clips of these days, with their payloads
  records   boolean NOT NULL,                          -- the household's own row
  start     date NOT NULL,
  last      date NOT NULL,
  until     date NOT NULL,                             -- the last day on which it stands
  PRIMARY KEY (process, household)
);
CREATE INDEX preservation_of ON preservation (household);
ALTER TABLE preservation ENABLE ROW LEVEL SECURITY;
ALTER TABLE preservation FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON preservation USING (household = current_setting('fanlight.household', true));
CREATE POLICY chores ON preservation TO CURRENT_USER USING (true);
GRANT SELECT, INSERT ON preservation TO fanlight_app;

-- Which request another one renews, whoever asked, and until when each stands; none can be renewed twice.
CREATE TABLE preservation_term (
  process text PRIMARY KEY REFERENCES process (id),
  renews  text UNIQUE REFERENCES preservation_term (process),
  until   date NOT NULL
);
GRANT SELECT, INSERT ON preservation_term TO fanlight_app;

CREATE TABLE held_clip (LIKE clip, PRIMARY KEY (id));
CREATE INDEX held_clip_of ON held_clip (household);
ALTER TABLE held_clip ENABLE ROW LEVEL SECURITY;
ALTER TABLE held_clip FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON held_clip USING (household = current_setting('fanlight.household', true));
CREATE POLICY chores ON held_clip TO CURRENT_USER USING (true);
GRANT SELECT ON held_clip TO fanlight_app;

-- Until when what was put aside stays: by what stood when it was. Only the renewal of a request puts that off, so that
-- requests that come one after another, of whomever, do not keep for ever what a household erased.
CREATE TABLE held_until (
  clip  text PRIMARY KEY REFERENCES held_clip (id) ON DELETE CASCADE,
  until date NOT NULL
);

CREATE TABLE held_account (
  household text PRIMARY KEY,
  cell      text NOT NULL
);
ALTER TABLE held_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE held_account FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON held_account USING (household = current_setting('fanlight.household', true));
CREATE POLICY chores ON held_account TO CURRENT_USER USING (true);
GRANT SELECT ON held_account TO fanlight_app;

-- One place for every way in which a clip goes. A payload that is not whole was never part of what exists.
CREATE OR REPLACE FUNCTION clip_is_doomed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF OLD.kept AND EXISTS (SELECT FROM public.preservation p
      WHERE p.household = OLD.household AND p.clips AND OLD.day BETWEEN p.start AND p.last) THEN
    INSERT INTO public.held_clip SELECT (OLD).* ON CONFLICT DO NOTHING;
    INSERT INTO public.held_until (clip, until)
      SELECT OLD.id, max(p.until) FROM public.preservation p
        WHERE p.household = OLD.household AND p.clips AND OLD.day BETWEEN p.start AND p.last
      ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO public.doomed (clip, lasting)
      VALUES (OLD.id, current_setting('fanlight.expiring', true) IS DISTINCT FROM 'on') ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION clip_is_doomed() FROM PUBLIC;

CREATE FUNCTION held_is_renewed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NEW.clips AND EXISTS (SELECT FROM public.preservation_term t
      WHERE t.process = NEW.process AND t.renews IS NOT NULL) THEN
    UPDATE public.held_until u SET until = NEW.until FROM public.held_clip h
      WHERE u.clip = h.id AND h.household = NEW.household AND h.day BETWEEN NEW.start AND NEW.last
        AND u.until < NEW.until;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION held_is_renewed() FROM PUBLIC;
CREATE TRIGGER held_is_renewed AFTER INSERT ON preservation FOR EACH ROW EXECUTE FUNCTION held_is_renewed();

CREATE FUNCTION held_is_doomed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  INSERT INTO public.doomed (clip, lasting) VALUES (OLD.id, true) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION held_is_doomed() FROM PUBLIC;
CREATE TRIGGER held_is_doomed AFTER DELETE ON held_clip FOR EACH ROW EXECUTE FUNCTION held_is_doomed();

CREATE FUNCTION household_is_held() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF EXISTS (SELECT FROM public.preservation p WHERE p.household = OLD.id AND p.records) THEN
    INSERT INTO public.held_account (household, cell) VALUES (OLD.id, OLD.cell) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION household_is_held() FROM PUBLIC;
CREATE TRIGGER household_is_held AFTER DELETE ON household FOR EACH ROW EXECUTE FUNCTION household_is_held();

-- What the app may do and learn of it across households: let go of what is over, and which ids are put aside.
CREATE FUNCTION vault_lapse(today date) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE went bigint;
BEGIN
  DELETE FROM public.preservation p WHERE p.until < today;
  DELETE FROM public.held_account h
    WHERE NOT EXISTS (SELECT FROM public.preservation p WHERE p.household = h.household AND p.records);
  DELETE FROM public.held_clip h WHERE NOT EXISTS (SELECT FROM public.held_until u
    WHERE u.clip = h.id AND u.until >= today);
  GET DIAGNOSTICS went = ROW_COUNT;
  RETURN went;
END $$;
CREATE FUNCTION vault_held() RETURNS TABLE (clip text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.id FROM public.held_clip h
$$;
CREATE OR REPLACE FUNCTION vault_homes_of(clips text[]) RETURNS TABLE (clip text, household text, kept boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.id, c.household, c.kept FROM public.clip c WHERE c.id = ANY (clips)
  UNION ALL SELECT h.id, h.household, h.kept FROM public.held_clip h WHERE h.id = ANY (clips)
$$;
CREATE OR REPLACE FUNCTION vault_total() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (SELECT count(*) FROM public.clip c WHERE c.kept AND NOT c.old_place)
    + (SELECT count(*) FROM public.held_clip h WHERE NOT h.old_place)
$$;
REVOKE ALL ON FUNCTION vault_lapse(date), vault_held() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault_lapse(date), vault_held() TO fanlight_app;
