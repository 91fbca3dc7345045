-- Room: wishes. What people in a picture ask of the homes around, without an account: sealed to the area, for a month.
-- Nobody's answer is a row. When a wish ends stands apart, so that no row which names a cell has a time.

CREATE TABLE wish (
  id     text PRIMARY KEY,
  cell   text NOT NULL,
  sealed bytea NOT NULL
);
CREATE INDEX wish_of ON wish (cell, id);

CREATE TABLE wish_end (
  wish  text PRIMARY KEY REFERENCES wish (id) ON DELETE CASCADE,
  until date NOT NULL
);

GRANT SELECT, INSERT, DELETE ON wish TO fanlight_app;
GRANT SELECT, INSERT ON wish_end TO fanlight_app;
