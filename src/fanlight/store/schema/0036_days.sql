-- Room: days. What hubs said of a day: digests under salts that only the hubs have. No row says whose they are.

CREATE TABLE day_digest (
  day    date NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  PRIMARY KEY (day, digest)
);

CREATE TABLE day_leaf (
  day  date PRIMARY KEY,
  leaf text NOT NULL UNIQUE REFERENCES leaf (id)
);
GRANT SELECT, INSERT, DELETE ON day_digest TO fanlight_app;
GRANT SELECT, INSERT ON day_leaf TO fanlight_app;
