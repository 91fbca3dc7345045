-- Room: gifts. Everything of value that companies, agencies, the operator, the town and residents give each other, and raffles:
-- each with its entry, none ever changed or deleted. Residents are not named: no column holds an account, a household or a device.

CREATE TABLE gift (
  id       text PRIMARY KEY,
  day      date NOT NULL,
  agency   text REFERENCES agency (ori),
  side     text NOT NULL CHECK (side IN ('agency', 'operator', 'clerk')),
  corrects text UNIQUE REFERENCES gift (id),
  entry    jsonb NOT NULL CHECK (entry ->> 'gift' = id),               -- its entry's public fields
  leaf     text NOT NULL UNIQUE REFERENCES leaf (id)
);
CREATE INDEX gift_day ON gift (day);

CREATE TABLE gift_void (
  gift   text PRIMARY KEY REFERENCES gift (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  leaf   text NOT NULL UNIQUE REFERENCES leaf (id)
);

CREATE TABLE raffle (
  id    text PRIMARY KEY,
  gift  text NOT NULL REFERENCES gift (id),
  side  text NOT NULL CHECK (side IN ('agency', 'operator', 'clerk')),
  entry jsonb NOT NULL CHECK (entry ->> 'raffle' = id),
  leaf  text NOT NULL UNIQUE REFERENCES leaf (id)
);

CREATE TABLE raffle_step (
  raffle text NOT NULL REFERENCES raffle (id),
  step   text NOT NULL CHECK (step IN ('closed', 'drawn', 'void')),
  entry  jsonb NOT NULL CHECK (entry ->> 'raffle' = raffle),
  leaf   text NOT NULL UNIQUE REFERENCES leaf (id),
  PRIMARY KEY (raffle, step)
);
GRANT SELECT, INSERT ON gift, gift_void, raffle, raffle_step TO fanlight_app;
