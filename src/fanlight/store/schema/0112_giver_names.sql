-- Room: evidence. Who gave a copy says who they are, if they wish: sealed to the case's key, all of one length, by the
-- secret of that copy and without an account. From which home the copy came stands nowhere still.

CREATE TABLE giver_name (
  disclosure text PRIMARY KEY REFERENCES disclosure (id),
  sealed     bytea NOT NULL,
  day        date NOT NULL
);
GRANT SELECT, INSERT, DELETE ON giver_name TO fanlight_app;
