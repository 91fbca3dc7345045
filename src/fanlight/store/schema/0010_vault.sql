-- Room: vault. How long clips stay, which ones a member keeps, and what is still to be removed.

-- `marked`: a member keeps this clip beyond the household's days. `hdr_epoch`: the household key that the header is
-- sealed to since a member's client sealed it anew; null: the card's.
ALTER TABLE clip ADD COLUMN marked boolean NOT NULL DEFAULT false, ADD COLUMN hdr_epoch integer CHECK (hdr_epoch >= 0);
-- Payloads that an earlier Fanlight stored lie beside those of other rooms; new ones on a shelf of their own.
ALTER TABLE clip ADD COLUMN old_place boolean NOT NULL DEFAULT true;
ALTER TABLE clip ALTER COLUMN old_place SET DEFAULT false;
CREATE INDEX clip_by_home ON clip (household, day) WHERE NOT marked;
GRANT UPDATE (marked, hdr, hdr_epoch) ON clip TO fanlight_app;

CREATE TABLE vault_setting (
  household text PRIMARY KEY REFERENCES household (id) ON DELETE CASCADE,
  keep_days integer NOT NULL CHECK (keep_days BETWEEN 0 AND 365)
);
ALTER TABLE vault_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON vault_setting USING (household = current_setting('fanlight.household', true));
GRANT SELECT, INSERT, UPDATE (keep_days) ON vault_setting TO fanlight_app;

-- Payloads whose row is gone and that are to go too: whoever deletes a clip's row puts its id here, in the same transaction;
-- the row goes with the payload. It names no household. `lasting`: a restore must not bring it back, whatever its day.
CREATE TABLE doomed (
  clip    text PRIMARY KEY,
  lasting boolean NOT NULL
);
GRANT SELECT, INSERT, DELETE ON doomed TO fanlight_app;

CREATE FUNCTION clip_is_doomed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO public.doomed (clip, lasting)
    VALUES (OLD.id, current_setting('fanlight.expiring', true) IS DISTINCT FROM 'on') ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER clip_is_doomed AFTER DELETE ON clip FOR EACH ROW EXECUTE FUNCTION clip_is_doomed();

-- What the app may learn across households, and no more: which have old clips, which ids exist, how many there are.
-- The functions run as the tables' owner, whom these policies let read; the app's role gains nothing by them.
CREATE POLICY chores ON clip FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY chores ON vault_setting FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION vault_oldest() RETURNS TABLE (household text, oldest date, keep_days integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.household, min(c.day), min(s.keep_days) FROM public.clip c
    LEFT JOIN public.vault_setting s ON s.household = c.household WHERE NOT c.marked GROUP BY c.household
$$;
CREATE FUNCTION vault_homes_of(clips text[]) RETURNS TABLE (clip text, household text, kept boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.id, c.household, c.kept FROM public.clip c WHERE c.id = ANY (clips)
$$;
CREATE FUNCTION vault_total() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) FROM public.clip c WHERE c.kept AND NOT c.old_place
$$;
REVOKE ALL ON FUNCTION vault_oldest(), vault_homes_of(text[]), vault_total() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault_oldest(), vault_homes_of(text[]), vault_total() TO fanlight_app;
