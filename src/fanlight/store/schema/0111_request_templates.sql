-- Room: requests. Wordings that an agency's requests begin with, as the record has them. A change is a new version;
-- none is ever changed or deleted.

CREATE TABLE request_template (
  id      text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  agency  text NOT NULL REFERENCES agency (ori),
  name    text NOT NULL CHECK (length(name) <= 60),
  purpose text NOT NULL,
  words   text NOT NULL CHECK (length(words) <= 1000),
  ended   boolean NOT NULL,                                  -- no request begins with it any more
  day     date NOT NULL,
  by_whom text NOT NULL REFERENCES agency_person (account),
  leaf    text NOT NULL UNIQUE REFERENCES leaf (id),
  PRIMARY KEY (id, version)
);
CREATE INDEX request_template_of ON request_template (agency);
GRANT SELECT, INSERT ON request_template TO fanlight_app;
