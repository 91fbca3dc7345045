-- Room: evidence. The one answer of an agency to the note that came with a copy: sealed to a key in that note and to
-- the case's key. From which home the copy came stands nowhere still.

CREATE TABLE copy_answer (
  disclosure text PRIMARY KEY REFERENCES disclosure (id),
  sealed     bytea NOT NULL,                          -- emptied when the copy is destroyed
  by_whom    text NOT NULL REFERENCES agency_person (account),
  at         timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE (sealed) ON copy_answer TO fanlight_app;
