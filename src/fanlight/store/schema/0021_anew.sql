-- Rooms: accounts, vault. A kept clip that a member's device sealed anew, header and description, to people instead of a
-- household key. `readers`: the hash of whom it is sealed to, which the book and the owners' signed words give as well.
-- Null: sealed to a household key. Of a gift whose key was destroyed the owner's word stays, without the key.

ALTER TABLE clip ADD COLUMN readers text CHECK (readers ~ '^[0-9a-f]{64}$');
GRANT UPDATE (manifest, readers) ON clip TO fanlight_app;
GRANT UPDATE (sealed) ON earlier_key TO fanlight_app;

CREATE OR REPLACE FUNCTION secrets_back(homes text[], numbers integer[]) RETURNS TABLE (household text, n integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.household, e.n FROM public.epoch e
    JOIN unnest(homes, numbers) AS gone (household, n) ON e.household = gone.household AND e.n = gone.n
    WHERE e.sealed <> '' AND NOT EXISTS (
      SELECT FROM public.clip c WHERE c.household = e.household AND c.readers IS NULL AND e.n IN (c.epoch, c.hdr_epoch))
$$;
