-- Room: incidents. What stays of an incident after its day is a count of its month, class and part of the town: no day, no hour.

CREATE TABLE incident_month (
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  kind  text NOT NULL,
  part  text NOT NULL,                                        -- a cell of the town's division; empty: somewhere in town
  many  integer NOT NULL CHECK (many >= 0),
  PRIMARY KEY (month, kind, part)
);
INSERT INTO incident_month (month, kind, part, many)
  SELECT date_trunc('month', day)::date, kind, part, sum(many)::integer FROM incident_count GROUP BY 1, 2, 3;
DROP TABLE incident_count;
GRANT SELECT, INSERT, UPDATE (many) ON incident_month TO fanlight_app;
