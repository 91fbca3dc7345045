-- Rooms: accounts, vault. An old household key's secret is destroyed once no clip needs it; its page of the book stays, so
-- that the chain still holds. What the shred list says is done again after a restore, but for a secret that a clip of the
-- restored database is sealed to: members' devices seal a kept one anew and destroy it again.

GRANT UPDATE (sealed) ON epoch TO fanlight_app;
CREATE POLICY chores ON epoch FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION secrets_back(homes text[], numbers integer[]) RETURNS TABLE (household text, n integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.household, e.n FROM public.epoch e
    JOIN unnest(homes, numbers) AS gone (household, n) ON e.household = gone.household AND e.n = gone.n
    WHERE e.sealed <> '' AND NOT EXISTS (
      SELECT FROM public.clip c WHERE c.household = e.household AND e.n IN (c.epoch, c.hdr_epoch))
$$;
REVOKE ALL ON FUNCTION secrets_back(text[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION secrets_back(text[], integer[]) TO fanlight_app;
