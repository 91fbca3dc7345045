-- Room: links. What a member gave out: ciphertext, an end, how often it may be opened. Who opened it, and when, is nowhere.

CREATE TABLE link (
  id        text PRIMARY KEY,
  household text NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  kind      text NOT NULL CHECK (kind IN ('clip', 'support')),
  state     text NOT NULL DEFAULT 'coming' CHECK (state IN ('coming', 'open', 'revoked', 'over')),
  until     date NOT NULL,                            -- the last day on which it opens
  most      integer NOT NULL CHECK (most BETWEEN 1 AND 100),
  opened    integer NOT NULL DEFAULT 0 CHECK (opened <= most),
  length    bigint NOT NULL CHECK (length > 0),
  about     bytea NOT NULL,                           -- sealed to the link's own key
  own       bytea NOT NULL                            -- sealed to the household: what was given out, and the link itself
);
CREATE INDEX link_of ON link (household);

ALTER TABLE link ENABLE ROW LEVEL SECURITY;
ALTER TABLE link FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON link USING (household = current_setting('fanlight.household', true));
-- Whoever names a link's random id may read that row and count one opening.
CREATE POLICY named_read ON link FOR SELECT USING (id = current_setting('fanlight.link', true));
CREATE POLICY named_count ON link FOR UPDATE USING (id = current_setting('fanlight.link', true));
-- The clockwork sees what is over, and nothing else.
CREATE POLICY over_read ON link FOR SELECT
  USING (until < nullif(current_setting('fanlight.over_before', true), '')::date);
CREATE POLICY over_end ON link FOR UPDATE
  USING (until < nullif(current_setting('fanlight.over_before', true), '')::date);
CREATE POLICY over_forget ON link FOR DELETE
  USING (until < nullif(current_setting('fanlight.over_before', true), '')::date);

GRANT SELECT, INSERT, DELETE, UPDATE (state, opened, about, own) ON link TO fanlight_app;
