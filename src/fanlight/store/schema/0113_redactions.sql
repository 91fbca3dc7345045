-- Room: evidence. A redacted copy of a clip, made in an agency's browser beside the original, which stays as it came:
-- sealed to the same case's key. What was hidden and why is sealed too.

CREATE TABLE redaction (
  id         text PRIMARY KEY,
  disclosure text NOT NULL REFERENCES disclosure (id),
  by_whom    text NOT NULL REFERENCES agency_person (account),
  at         timestamptz NOT NULL,
  length     bigint NOT NULL,
  root       text NOT NULL,
  hdr        bytea NOT NULL,                          -- emptied when it is taken off, or with its clip
  record     bytea NOT NULL,                          -- likewise
  sig        text NOT NULL,
  off        date                                     -- taken off by somebody of the agency
);
CREATE INDEX redaction_of ON redaction (disclosure);

GRANT SELECT, INSERT, UPDATE (hdr, record, off) ON redaction TO fanlight_app;
