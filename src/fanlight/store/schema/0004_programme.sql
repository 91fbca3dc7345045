-- Room: programme. The town, its packs of rules, its agencies and what was agreed with them.

CREATE TABLE town (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  body text NOT NULL                                  -- JSON, as `setup.prepare` wrote it
);

CREATE TABLE pack (
  sha256 text PRIMARY KEY,
  id     text NOT NULL,
  body   bytea NOT NULL,                              -- canonical bytes, as hashed
  leaf   text NOT NULL REFERENCES leaf (id)
);

CREATE TABLE agency (
  ori  text PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL,
  demo boolean NOT NULL,
  body text NOT NULL,                                 -- JSON: boundary, attestation
  leaf text NOT NULL REFERENCES leaf (id)
);

CREATE TABLE agreement (
  id             text PRIMARY KEY,
  agency         text NOT NULL REFERENCES agency (ori),
  pack           text NOT NULL REFERENCES pack (sha256),
  state          text NOT NULL CHECK (state IN
                   ('draft', 'published', 'comment', 'hearing', 'vote', 'in_force', 'suspended', 'ended')),
  valid_from     date NOT NULL,
  valid_until    date NOT NULL,
  vote_body      text,
  vote_date      date,
  vote_ayes      integer CHECK (vote_ayes >= 0),
  vote_noes      integer CHECK (vote_noes >= 0),
  vote_reference text,
  leaf           text NOT NULL REFERENCES leaf (id),
  CHECK (valid_from < valid_until),
  -- No agreement comes into force without the record of a public vote that carried it.
  CONSTRAINT vote_before_force CHECK (
    state <> 'in_force' OR (
      vote_body <> '' AND vote_reference <> '' AND vote_body IS NOT NULL AND vote_reference IS NOT NULL
      AND vote_date IS NOT NULL AND vote_date <= valid_from
      AND vote_ayes IS NOT NULL AND vote_noes IS NOT NULL AND vote_ayes > vote_noes
    )
  )
);
CREATE UNIQUE INDEX one_agreement_in_force ON agreement (agency) WHERE state = 'in_force';

-- Gatherings that a clerk entered: a request that meets one is refused or flagged.
CREATE TABLE assembly (
  id        text PRIMARY KEY,
  outline   text NOT NULL,                            -- JSON [[lon, lat], ...]
  starts    timestamptz NOT NULL,
  ends      timestamptz NOT NULL CHECK (starts < ends),
  source    text NOT NULL
);

GRANT SELECT, INSERT, UPDATE (body) ON town TO fanlight_app;
GRANT SELECT, INSERT ON pack, agency, assembly TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (state, leaf) ON agreement TO fanlight_app;
