-- Room: accounts. Nothing here holds an address, a place finer than a cell, or a private key.

CREATE TABLE account (
  id            text PRIMARY KEY,
  kind          text NOT NULL CHECK (kind IN ('member', 'hub', 'officer', 'operator')),
  sign_pub      bytea NOT NULL UNIQUE CHECK (length(sign_pub) = 32),
  age_recipient text NOT NULL,
  UNIQUE (id, kind)
);

CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  account    text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  expires    timestamptz NOT NULL                    -- rounded up to the hour: it must not tell when somebody came
);

CREATE TABLE household (
  id   text PRIMARY KEY CHECK (id <> ''),
  cell text NOT NULL
);

-- An agency's account cannot be of a household: the kind is part of the key.
CREATE TABLE membership (
  account   text PRIMARY KEY,
  kind      text NOT NULL CHECK (kind IN ('member', 'hub')),
  household text NOT NULL REFERENCES household (id),
  role      text NOT NULL CHECK (role IN ('owner', 'member', 'hub')),
  FOREIGN KEY (account, kind) REFERENCES account (id, kind)
);

CREATE TABLE epoch (
  household text NOT NULL REFERENCES household (id),
  n         integer NOT NULL CHECK (n >= 0),
  statement text NOT NULL,
  sig       text NOT NULL,
  sealed    text NOT NULL,
  PRIMARY KEY (household, n)
);

ALTER TABLE household ENABLE ROW LEVEL SECURITY;
ALTER TABLE household FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON household USING (id = current_setting('fanlight.household', true));
ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON membership USING (household = current_setting('fanlight.household', true));
CREATE POLICY self ON membership FOR SELECT USING (account = current_setting('fanlight.account', true));
ALTER TABLE epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE epoch FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON epoch USING (household = current_setting('fanlight.household', true));

-- Who acts for an agency.
CREATE TABLE agency_person (
  account text PRIMARY KEY,
  kind    text NOT NULL CHECK (kind = 'officer'),
  agency  text NOT NULL,
  name    text NOT NULL,
  role    text NOT NULL CHECK (role IN ('officer', 'supervisor', 'custodian')),
  FOREIGN KEY (account, kind) REFERENCES account (id, kind)
);

GRANT SELECT, INSERT ON account TO fanlight_app;
GRANT SELECT, INSERT, DELETE ON session TO fanlight_app;
GRANT SELECT, INSERT ON household, membership, epoch, agency_person TO fanlight_app;
