-- Room: accounts. How members sign in, what they are told, how households take in and lose people.
-- Ids are random and nothing is finer than a day, so that no row tells an order within one.

-- A person may have several households; a hub has one.
ALTER TABLE membership DROP CONSTRAINT membership_pkey;
ALTER TABLE membership ADD PRIMARY KEY (account, household);
CREATE UNIQUE INDEX one_household_a_hub ON membership (account) WHERE kind = 'hub';
ALTER TABLE membership DROP CONSTRAINT membership_role_check;
ALTER TABLE membership ADD CONSTRAINT membership_role_check
  CHECK (role IN ('owner', 'member', 'guest', 'installer', 'landlord', 'hub') AND (role = 'hub') = (kind = 'hub'));
GRANT DELETE, UPDATE (role) ON membership TO fanlight_app;

-- What goes with a household when it is deleted. Whoever adds a table of households adds CASCADE (a test holds it so).
ALTER TABLE membership DROP CONSTRAINT membership_household_fkey,
  ADD FOREIGN KEY (household) REFERENCES household (id) ON DELETE CASCADE;
ALTER TABLE epoch DROP CONSTRAINT epoch_household_fkey,
  ADD FOREIGN KEY (household) REFERENCES household (id) ON DELETE CASCADE;
ALTER TABLE clip DROP CONSTRAINT clip_household_fkey,
  ADD FOREIGN KEY (household) REFERENCES household (id) ON DELETE CASCADE;
ALTER TABLE shred DROP CONSTRAINT shred_household_fkey,
  ADD FOREIGN KEY (household) REFERENCES household (id) ON DELETE CASCADE;
ALTER TABLE hub_status DROP CONSTRAINT hub_status_household_fkey,
  ADD FOREIGN KEY (household) REFERENCES household (id) ON DELETE CASCADE;
GRANT DELETE ON household, account TO fanlight_app;

-- An epoch of version 2 comes with its notes, sealed to members, guests and hubs.
ALTER TABLE epoch ADD COLUMN private text;

-- `wrapped` is the person's seed under the passkey's PRF, which the server never sees; null without PRF.
CREATE TABLE passkey (
  id         text PRIMARY KEY CHECK (id <> ''),
  account    text NOT NULL,
  kind       text NOT NULL CHECK (kind = 'member'),   -- an agency's person has none
  credential bytea NOT NULL UNIQUE CHECK (length(credential) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL CHECK (length(public_key) <= 2048),
  wrapped    bytea CHECK (length(wrapped) = 60),
  label      bytea CHECK (length(label) BETWEEN 1 AND 256),
  day        date NOT NULL,
  FOREIGN KEY (account, kind) REFERENCES account (id, kind) ON DELETE CASCADE
);
CREATE INDEX passkey_by_account ON passkey (account);
ALTER TABLE passkey ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkey FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON passkey USING (account = current_setting('fanlight.account', true));
CREATE POLICY sign_in ON passkey FOR SELECT USING (encode(credential, 'hex') = current_setting('fanlight.credential', true));
GRANT SELECT, INSERT, DELETE, UPDATE (wrapped) ON passkey TO fanlight_app;

-- Everybody signs in again: sessions of before have no id.
DELETE FROM session;
ALTER TABLE session ADD COLUMN id text NOT NULL UNIQUE, ADD COLUMN day date NOT NULL,
  ADD COLUMN passkey text REFERENCES passkey (id) ON DELETE CASCADE;
CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_passkey ON session (passkey);

-- Browsers that an account signed in from before, by a hash of a random word that the browser keeps.
CREATE TABLE device (
  account text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  hash    bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (account, hash)
);
ALTER TABLE device ENABLE ROW LEVEL SECURITY;
ALTER TABLE device FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON device USING (account = current_setting('fanlight.account', true));
GRANT SELECT, INSERT, DELETE ON device TO fanlight_app;

-- What one member is told: a code, about whom, on which day. One row for each who is told.
CREATE TABLE notice (
  id        text PRIMARY KEY CHECK (id <> ''),
  account   text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  household text REFERENCES household (id) ON DELETE CASCADE,
  code      text NOT NULL,
  about     text,
  day       date NOT NULL,
  UNIQUE NULLS NOT DISTINCT (account, household, code, about, day)
);
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notice USING (account = current_setting('fanlight.account', true));
CREATE POLICY told ON notice USING (household = current_setting('fanlight.household', true));
GRANT SELECT, INSERT, DELETE ON notice TO fanlight_app;

-- The mailbox of an invite. The secret and the short code are the two sides' own.
CREATE TABLE invite (
  id        text PRIMARY KEY CHECK (id <> ''),
  household text NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  inviter   text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  joiner    text REFERENCES account (id) ON DELETE CASCADE,
  mac       bytea CHECK (length(mac) = 32),
  day       date NOT NULL,
  CHECK ((joiner IS NULL) = (mac IS NULL))
);
CREATE INDEX invite_by_household ON invite (household);
ALTER TABLE invite ENABLE ROW LEVEL SECURITY;
ALTER TABLE invite FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON invite USING (household = current_setting('fanlight.household', true));
CREATE POLICY held ON invite USING (id = current_setting('fanlight.invite', true));
GRANT SELECT, INSERT, DELETE, UPDATE (joiner, mac) ON invite TO fanlight_app;

-- Which recovery sheet counts, as the newest epoch says, so that its holder finds the household.
CREATE TABLE recovery_key (
  household text PRIMARY KEY REFERENCES household (id) ON DELETE CASCADE,
  sign_pub  bytea NOT NULL UNIQUE CHECK (length(sign_pub) = 32)
);
ALTER TABLE recovery_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON recovery_key USING (household = current_setting('fanlight.household', true));
CREATE POLICY sheet ON recovery_key FOR SELECT
  USING (encode(sign_pub, 'hex') = current_setting('fanlight.recovery', true));
GRANT SELECT, INSERT, DELETE, UPDATE (sign_pub) ON recovery_key TO fanlight_app;

-- An epoch signed with the sheet: it counts from two days after `day` unless an owner publishes another.
CREATE TABLE pending_epoch (
  household text PRIMARY KEY REFERENCES household (id) ON DELETE CASCADE,
  account   text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  statement text NOT NULL,
  sig       text NOT NULL,
  sealed    text NOT NULL,
  private   text,
  day       date NOT NULL
);
ALTER TABLE pending_epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE pending_epoch FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON pending_epoch USING (household = current_setting('fanlight.household', true));
CREATE POLICY maker ON pending_epoch FOR SELECT USING (account = current_setting('fanlight.account', true));
GRANT SELECT, INSERT, DELETE ON pending_epoch TO fanlight_app;
