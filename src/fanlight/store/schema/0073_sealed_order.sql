-- Room: sealed. Which order a slot holds, so that it can be opened on the day on which its gag ends.

ALTER TABLE sealed_slot ADD COLUMN holds text UNIQUE;
