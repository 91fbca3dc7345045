-- Room: operations. Their plans, what came of them, and hashes of codes of homes that said that they take part. No column
-- holds an account, a household or a place, and no time is finer than a day.

CREATE TABLE operation (
  id        text PRIMARY KEY,
  agency    text NOT NULL REFERENCES agency (ori),
  agreement text NOT NULL REFERENCES agreement (id),
  starts    date NOT NULL,
  ends      date NOT NULL CHECK (ends >= starts),
  entry     jsonb NOT NULL CHECK (entry ->> 'operation' = id),          -- its entry's public fields
  leaf      text NOT NULL UNIQUE REFERENCES leaf (id)
);

CREATE TABLE operation_home (
  operation text NOT NULL REFERENCES operation (id),
  code      text NOT NULL CHECK (code ~ '^[0-9a-f]{32}$'),               -- hash of a code that only the home has
  joined    date NOT NULL,
  left_on   date,
  join_leaf text REFERENCES leaf (id),                                   -- once the day is over
  left_leaf text REFERENCES leaf (id),
  PRIMARY KEY (operation, code)
);
CREATE INDEX operation_home_waiting ON operation_home (joined) WHERE join_leaf IS NULL;
CREATE INDEX operation_home_leaving ON operation_home (left_on) WHERE left_on IS NOT NULL AND left_leaf IS NULL;

CREATE TABLE operation_step (
  operation text NOT NULL REFERENCES operation (id),
  step      text NOT NULL CHECK (step IN ('outcome', 'off')),
  entry     jsonb NOT NULL CHECK (entry ->> 'operation' = operation),
  leaf      text PRIMARY KEY REFERENCES leaf (id)
);
CREATE INDEX operation_step_of ON operation_step (operation);

GRANT SELECT, INSERT ON operation, operation_home, operation_step TO fanlight_app;
GRANT UPDATE (left_on, join_leaf, left_leaf) ON operation_home TO fanlight_app;
