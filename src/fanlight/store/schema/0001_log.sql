-- Room: log. The rows are the source; tiles and checkpoints in the log folder can be made from them again.

-- One role for all databases of a cluster, so it may be there already.
DO $$ BEGIN
  CREATE ROLE fanlight_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

CREATE TABLE leaf (
  id     text PRIMARY KEY,
  queued bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  idx    bigint UNIQUE CHECK (idx >= 0),             -- place in the log, given once by the sequencer
  type   text NOT NULL,
  body   bytea NOT NULL CHECK (length(body) <= 65535)
);
CREATE INDEX leaf_waiting ON leaf (queued) WHERE idx IS NULL;
CREATE INDEX leaf_by_type ON leaf (type, idx);

CREATE FUNCTION leaf_keeps_its_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.idx IS NOT NULL AND NEW.idx IS DISTINCT FROM OLD.idx THEN
    RAISE EXCEPTION 'a leaf keeps its place';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER leaf_keeps_its_place BEFORE UPDATE ON leaf FOR EACH ROW EXECUTE FUNCTION leaf_keeps_its_place();

-- What a leaf commits to. Erasable, so that a value can be forgotten while the log still verifies.
CREATE TABLE opening (
  leaf  text NOT NULL REFERENCES leaf (id),
  field text NOT NULL,
  salt  bytea NOT NULL CHECK (length(salt) = 32),
  value text NOT NULL,                               -- canonical JSON
  PRIMARY KEY (leaf, field)
);

-- Signed here before anybody sees it: one size, one root, for ever.
CREATE TABLE signed_checkpoint (
  size bigint PRIMARY KEY CHECK (size >= 0),
  root bytea NOT NULL CHECK (length(root) = 32),
  note text NOT NULL
);

GRANT SELECT, INSERT, UPDATE (idx) ON leaf TO fanlight_app;
GRANT SELECT, INSERT, DELETE ON opening TO fanlight_app;
GRANT SELECT, INSERT ON signed_checkpoint TO fanlight_app;
