-- Room: programme. What is taken is dated on the day on which it is taken. Otherwise whoever writes rows could date an
-- appointment back by the fortnight that it has to be in the record, or papers by the days that they have to be public.

CREATE FUNCTION dated_when_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  -- The server reads its clock before it asks here: midnight may lie between.
  IF NEW.brought OR NEW.day BETWEEN public.register_today() - 1 AND public.register_today() THEN RETURN NEW; END IF;
  RAISE EXCEPTION '%: dated on another day than today', TG_TABLE_NAME;
END $$;
CREATE TRIGGER dated BEFORE INSERT ON clerk FOR EACH ROW EXECUTE FUNCTION dated_when_taken();
CREATE TRIGGER dated BEFORE INSERT ON agreement_step FOR EACH ROW EXECUTE FUNCTION dated_when_taken();
ALTER TABLE clerk ENABLE ALWAYS TRIGGER dated;
ALTER TABLE agreement_step ENABLE ALWAYS TRIGGER dated;

-- A database that was restored elsewhere counts its transactions anew, and comes to the number again in which it began.
CREATE OR REPLACE FUNCTION in_the_beginning() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM public.town WHERE began = pg_current_xact_id())
    AND NOT EXISTS (SELECT FROM public.leaf WHERE type = 'town' AND idx IS NOT NULL) $$;
