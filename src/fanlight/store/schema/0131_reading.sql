-- Rooms: neighbors, incidents. What a page of a list is found by among a million, and what has come off the lists: together with the
-- number of the last act of a moderator it tells whether a file that is the same for everybody has to be made anew.
DROP INDEX post_feed_area;
CREATE INDEX post_feed_area ON post (area, due DESC, id DESC) INCLUDE (until) WHERE state = 'accepted';
CREATE INDEX post_feed_area_category ON post (area, category, due DESC, id DESC) INCLUDE (until) WHERE state = 'accepted';
CREATE INDEX post_map ON post (due, cell, category, until) WHERE state = 'accepted';
CREATE INDEX post_withdrawn ON post (due) WHERE state = 'withdrawn';
CREATE INDEX incident_latest ON incident (began, key, source);
