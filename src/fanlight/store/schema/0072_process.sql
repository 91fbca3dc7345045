-- Room: process. Warrants, orders and subpoenas: what was handed in, what was found, what counsel decided.

CREATE TABLE process (
  id          text PRIMARY KEY,
  agency      text NOT NULL,                           -- ORI; empty where counsel entered it from paper
  by_whom     text NOT NULL REFERENCES account (id),
  received    date NOT NULL,
  form        text NOT NULL,                           -- canonical JSON of what was said of the document
  document    bytea NOT NULL CHECK (length(document) BETWEEN 1 AND 3145728),  -- as given
  sha256      text NOT NULL,
  checks      text NOT NULL,                           -- canonical JSON
  decision    text CHECK (decision IN ('accepted', 'narrowed', 'rejected')),
  decided     date,
  reason      text,
  scope       text,                                    -- canonical JSON: what was accepted
  quiet_until date,                                    -- the last day on which the household may not be told
  sealed      text,                                    -- the order in a sealed slot, while it is quiet
  leaf        text REFERENCES leaf (id),
  CHECK ((decision IS NULL) = (decided IS NULL)),
  CHECK (decision IS NULL OR leaf IS NOT NULL OR sealed IS NOT NULL)
);
GRANT SELECT, INSERT, UPDATE (decision, decided, reason, scope, quiet_until, sealed, leaf) ON process TO fanlight_app;

-- A court's renewals of a gag, and the packets that were handed out. `sealed` while the household may not be told.
CREATE TABLE process_renewal (
  process text NOT NULL REFERENCES process (id),
  until   date NOT NULL,
  ordered date NOT NULL,
  court   text NOT NULL,
  docket  text NOT NULL,
  by_whom text NOT NULL REFERENCES account (id),
  PRIMARY KEY (process, until)
);
CREATE TABLE process_packet (
  id      text PRIMARY KEY,
  process text NOT NULL REFERENCES process (id),
  made    date NOT NULL,
  sha256  text NOT NULL,
  by_whom text NOT NULL REFERENCES account (id),
  sealed  text,
  leaf    text REFERENCES leaf (id),
  CHECK (leaf IS NOT NULL OR sealed IS NOT NULL)
);
GRANT SELECT, INSERT ON process_renewal TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (sealed, leaf) ON process_packet TO fanlight_app;

-- On whose account it was served. Read in the household's own transactions only.
CREATE TABLE process_served (
  process   text NOT NULL REFERENCES process (id),
  household text NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  objection text CHECK (length(objection) BETWEEN 1 AND 2000),
  PRIMARY KEY (process, household)
);
ALTER TABLE process_served ENABLE ROW LEVEL SECURITY;
ALTER TABLE process_served FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON process_served USING (household = current_setting('fanlight.household', true));
GRANT SELECT, INSERT, UPDATE (objection) ON process_served TO fanlight_app;
