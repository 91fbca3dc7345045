-- Room: programme. The cells into which a town is divided, by which table of homes. The latest counts for who is new; a
-- household keeps the cell that it named, and requests are told in the cells of every division.

CREATE TABLE division (
  version integer PRIMARY KEY CHECK (version >= 1),
  listing text NOT NULL UNIQUE REFERENCES listing (id),
  body    text NOT NULL                               -- canonical JSON {cells, rest}, whose hash the list's entry has
);
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON division FOR EACH ROW EXECUTE FUNCTION taken_over_for_good();

-- Households that named a cell before there were divisions: requests are told in those cells, too.
CREATE TABLE first_cells (single boolean PRIMARY KEY CHECK (single));
INSERT INTO first_cells SELECT true WHERE EXISTS (SELECT FROM household);

GRANT SELECT, INSERT ON division TO fanlight_app;
GRANT SELECT ON first_cells TO fanlight_app;
