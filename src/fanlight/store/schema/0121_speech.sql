-- Room: speech. Texts that companies, agencies or the operator hand out to be said by others: each version with its entry, none
-- ever changed or deleted.

CREATE TABLE speech_text (
  id      text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  kind    text NOT NULL CHECK (kind IN ('talking-points', 'script', 'template', 'press-statement')),
  title   text NOT NULL CHECK (length(title) BETWEEN 3 AND 120),
  author  text NOT NULL CHECK (length(author) BETWEEN 2 AND 120),
  side    text NOT NULL CHECK (side IN ('agency', 'operator', 'clerk')),
  agency  text REFERENCES agency (ori),
  body    text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
  sha256  text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  day     date NOT NULL,
  leaf    text NOT NULL UNIQUE REFERENCES leaf (id),
  PRIMARY KEY (id, version)
);
GRANT SELECT, INSERT ON speech_text TO fanlight_app;
