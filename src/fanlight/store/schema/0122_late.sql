-- Room: neighbors. What somebody does with a post is told no sooner than the post itself was, and numbers by the day: whoever asks every
-- ten minutes learns no moment from them.

ALTER TABLE post_change ADD COLUMN due timestamptz CHECK (extract(epoch FROM due)::bigint % 600 = 0);
UPDATE post_change SET due = day;
ALTER TABLE post_change ALTER COLUMN due SET NOT NULL;

DROP TABLE post_count;
CREATE TABLE post_count (
  day  date NOT NULL,
  what text NOT NULL CHECK (what IN ('posts', 'comments', 'reports', 'appeals', 'held')),
  many integer NOT NULL CHECK (many >= 0),
  PRIMARY KEY (day, what)
);
GRANT SELECT, INSERT, UPDATE (many) ON post_count TO fanlight_app;
