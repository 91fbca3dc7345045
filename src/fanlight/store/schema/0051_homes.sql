-- Room: programme. A town's table of homes, reduced where it was read: how many homes each fine cell has. No address, no
-- point and no name of a line comes this far, and there is no column for one.

CREATE TABLE listed_homes (
  listing text NOT NULL REFERENCES listing (id),
  cell    text NOT NULL CHECK (cell ~ '^88[0-9a-f]{13}$'),          -- H3, resolution 8
  homes   integer NOT NULL CHECK (homes BETWEEN 1 AND 1000000),
  PRIMARY KEY (listing, cell)
);
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON listed_homes FOR EACH ROW EXECUTE FUNCTION taken_over_for_good();

GRANT SELECT, INSERT ON listed_homes TO fanlight_app;
