-- Rooms: programme, requests, evidence. What follows when an agreement is over: its agency's requests close, its copies get an
-- end, and every member is told.

ALTER TABLE request DROP CONSTRAINT request_reason_check,
  ADD CONSTRAINT request_reason_check CHECK (reason IN ('officer', 'expired', 'no second signature', 'agreement ended'));

CREATE TABLE copy_end (
  agreement text PRIMARY KEY REFERENCES agreement (id),
  agency    text NOT NULL REFERENCES agency (ori),
  ended     date NOT NULL,
  due       date NOT NULL CHECK (due > ended),
  leaf      text NOT NULL REFERENCES leaf (id),
  done_leaf text REFERENCES leaf (id)
);
GRANT SELECT, INSERT, UPDATE (done_leaf) ON copy_end TO fanlight_app;
GRANT UPDATE (hdr, manifest) ON disclosure TO fanlight_app;      -- emptied when a copy is destroyed
GRANT UPDATE (case_key_sealed) ON request TO fanlight_app;

-- One row for each member, whose own pages show and drop it. It says nothing of the member.
CREATE POLICY town ON notice FOR INSERT TO CURRENT_USER WITH CHECK (household IS NULL AND code = 'agreement-ended');
CREATE FUNCTION tell_members(which text, on_day date) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.notice (id, account, household, code, about, day)
  SELECT (SELECT string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', 1 + get_byte(dice, n) % 32, 1), '')
      FROM generate_series(0, 25) AS n), id, NULL, 'agreement-ended', which, on_day
    FROM (SELECT id, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS dice
      FROM public.account WHERE kind = 'member' OFFSET 0) AS told
$$;
REVOKE ALL ON FUNCTION tell_members(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_members(text, date) TO fanlight_app;
