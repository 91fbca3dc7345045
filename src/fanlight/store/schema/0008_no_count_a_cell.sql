-- How many copies came from a cell names who shared, where one household lives there. Only the request counts.

ALTER TABLE request_cell DROP COLUMN used;
