-- Room: texts. The terms, what is done with data, what partners asked for: every version, open to everybody, each with its leaf.

CREATE TABLE public_text (
  name      text NOT NULL CHECK (name IN ('terms', 'privacy', 'partners')),
  version   integer NOT NULL CHECK (version > 0),
  body      text NOT NULL CHECK (length(body) BETWEEN 1 AND 65536),
  sha256    text NOT NULL CHECK (length(sha256) = 64),
  effective date NOT NULL,
  leaf      text NOT NULL REFERENCES leaf (id),
  PRIMARY KEY (name, version)
);
GRANT SELECT, INSERT ON public_text TO fanlight_app;
