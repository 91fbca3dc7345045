-- Room: accounts. What was deleted for good and came back with an older database is found by its id, and deleted again.
-- The function runs as the tables' owner, whom these policies let read; the app's role gains nothing by them.

CREATE POLICY chores ON household FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY chores ON passkey FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION accounts_back(gone text[]) RETURNS TABLE (kind text, id text, account text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'household', h.id, '' FROM public.household h WHERE h.id = ANY (gone)
  UNION ALL SELECT 'passkey', p.id, p.account FROM public.passkey p WHERE p.id = ANY (gone)
  UNION ALL SELECT 'account', a.id, a.id FROM public.account a WHERE a.id = ANY (gone)
$$;
REVOKE ALL ON FUNCTION accounts_back(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_back(text[]) TO fanlight_app;
