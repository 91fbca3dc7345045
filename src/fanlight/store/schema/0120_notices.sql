-- Room: neighbors. Notices of agencies: posts with the agency's name, each with an entry, gone from the lists after a day that it names.

ALTER TABLE post ADD COLUMN until date, ADD COLUMN warrant text CHECK (length(warrant) BETWEEN 3 AND 40),
  ADD COLUMN leaf text UNIQUE REFERENCES leaf (id),
  ADD CHECK ((agency IS NULL) = (category <> 'notice')),
  ADD CHECK ((agency IS NULL) = (leaf IS NULL)),
  ADD CHECK ((agency IS NULL) = (until IS NULL)),
  ADD CHECK (warrant IS NULL OR agency IS NOT NULL);
GRANT UPDATE (until) ON post TO fanlight_app;
CREATE INDEX post_agency ON post (agency, since) WHERE agency IS NOT NULL;
