-- Room: auditing. That an auditor looked: once for each kind of thing and day, each with its entry in the record.

CREATE TABLE audit_look (
  auditor text NOT NULL REFERENCES agency_auditor (id),
  day     date NOT NULL,
  what    text NOT NULL CHECK (what IN ('log', 'access', 'patterns', 'export')),
  leaf    text NOT NULL UNIQUE REFERENCES leaf (id),
  PRIMARY KEY (auditor, day, what)
);
GRANT SELECT, INSERT ON audit_look TO fanlight_app;
