-- Room: sealed. Legal process that may not be told yet: a fixed number of slots a day, filled or not, each with its leaf.

CREATE TABLE sealed_order (                            -- until its day's slots are entered
  id      text PRIMARY KEY,
  content text NOT NULL CHECK (length(content) BETWEEN 2 AND 3500)  -- canonical JSON
);

CREATE TABLE sealed_slot (
  day    date NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  leaf   text NOT NULL UNIQUE REFERENCES leaf (id),
  due    date NOT NULL,
  opened text REFERENCES leaf (id),                    -- the leaf that opened it
  PRIMARY KEY (day, number),
  CHECK (due > day)
);
GRANT SELECT, INSERT, DELETE ON sealed_order TO fanlight_app;
GRANT SELECT, INSERT, UPDATE (due, opened) ON sealed_slot TO fanlight_app;
