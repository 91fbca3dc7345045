-- Room: accounts. Earlier keys: a household key's secret, sealed by an owner's device to a member who came after it.
-- No day: when somebody was let see more is told in a notice, and the book says when they came. Goes with the membership.

CREATE TABLE earlier_key (
  household text NOT NULL,
  account   text NOT NULL,
  n         integer NOT NULL CHECK (n >= 0),
  statement text NOT NULL,
  sig       text NOT NULL,
  sealed    text NOT NULL,
  PRIMARY KEY (household, account, n),
  FOREIGN KEY (account, household) REFERENCES membership (account, household) ON DELETE CASCADE,
  FOREIGN KEY (household, n) REFERENCES epoch (household, n) ON DELETE CASCADE
);
ALTER TABLE earlier_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE earlier_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON earlier_key USING (household = current_setting('fanlight.household', true));
GRANT SELECT, INSERT, DELETE ON earlier_key TO fanlight_app;
