-- Room: neighbors. Posts, comments, what readers report and moderators decide. No row says who wrote a post or comment: `author` is an
-- age file to the moderators, which the server cannot open, and goes after 60 days. `key_hash` is of a secret that only the writer has.

-- Whose posts wait for a moderator because they are new. A row goes after three days.
CREATE TABLE newcomer (
  account text PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  since   date NOT NULL
);
GRANT SELECT, INSERT, DELETE ON newcomer TO fanlight_app;

CREATE TABLE post (
  id           text PRIMARY KEY,
  key_hash     bytea NOT NULL CHECK (length(key_hash) = 32),
  category     text NOT NULL,
  cell         text NOT NULL,
  area         text NOT NULL,                       -- the cell of res 6 that it lies in, or its own where that is coarser
  day          date NOT NULL,
  part         text NOT NULL CHECK (part IN ('', 'night', 'morning', 'afternoon', 'evening')),
  title        text NOT NULL CHECK (length(title) <= 80),
  done         text NOT NULL CHECK (length(done) <= 2000),
  looks        text NOT NULL CHECK (length(looks) <= 500),
  state        text NOT NULL CHECK (state IN ('waiting', 'accepted', 'removed', 'withdrawn')),
  since        timestamptz NOT NULL CHECK (extract(epoch FROM since)::bigint % 3600 = 0),
  due          timestamptz CHECK (extract(epoch FROM due)::bigint % 600 = 0),
  flags        jsonb NOT NULL DEFAULT '[]',
  supplied     jsonb NOT NULL DEFAULT '[]',
  verified     boolean NOT NULL DEFAULT false,
  resolved     boolean NOT NULL DEFAULT false,
  about        text REFERENCES post (id),
  agency       text REFERENCES agency (ori),
  author       bytea CHECK (length(author) <= 40000),
  report_key   bytea NOT NULL CHECK (length(report_key) = 32),
  told         boolean NOT NULL DEFAULT false,      -- whether postmedia was told to show its media
  CHECK (state <> 'accepted' OR due IS NOT NULL)
);
CREATE INDEX post_feed ON post (due DESC, id DESC) WHERE state = 'accepted';
CREATE INDEX post_feed_area ON post (area, due DESC, id DESC) WHERE state = 'accepted';
CREATE INDEX post_feed_category ON post (category, due DESC, id DESC) WHERE state = 'accepted';
CREATE INDEX post_waiting ON post (since) WHERE state = 'waiting';
CREATE INDEX post_shown ON post (id) WHERE told AND state <> 'accepted';
CREATE INDEX post_key ON post (key_hash);
CREATE INDEX post_author ON post (since) WHERE author IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (title, done, looks, state, since, due, flags, verified, resolved, about, author, told) ON post TO fanlight_app;

CREATE TABLE post_media (
  media   text PRIMARY KEY,
  post    text NOT NULL REFERENCES post (id),
  place   smallint NOT NULL,
  kind    text NOT NULL CHECK (kind IN ('photo', 'clip')),
  width   integer NOT NULL,
  height  integer NOT NULL,
  seconds real NOT NULL,
  alike   bytea NOT NULL CHECK (length(alike) = 8),  -- a hash that pictures which look alike have in common
  gone    boolean NOT NULL DEFAULT false
);
CREATE INDEX post_media_post ON post_media (post, place);
CREATE INDEX post_media_there ON post_media (post) WHERE NOT gone;
GRANT SELECT, INSERT, UPDATE (gone) ON post_media TO fanlight_app;

-- Pictures that were removed: what looks like one of them does not come in again.
CREATE TABLE media_removed (
  alike bytea PRIMARY KEY CHECK (length(alike) = 8),
  rule  text NOT NULL,
  day   date NOT NULL
);
GRANT SELECT, INSERT, DELETE ON media_removed TO fanlight_app;

-- What is kept of a post for a week, to know repeated ones and floods. No text can be read from it.
CREATE TABLE post_print (
  post  text PRIMARY KEY REFERENCES post (id),
  hour  timestamptz NOT NULL CHECK (extract(epoch FROM hour)::bigint % 3600 = 0),
  sig   bigint[] NOT NULL,
  bands bigint[] NOT NULL,
  links text[] NOT NULL
);
CREATE INDEX post_print_bands ON post_print USING gin (bands);
CREATE INDEX post_print_links ON post_print USING gin (links);
CREATE INDEX post_print_hour ON post_print (hour);
GRANT SELECT, INSERT, DELETE ON post_print TO fanlight_app;

CREATE TABLE post_comment (
  id       text PRIMARY KEY,
  post     text NOT NULL REFERENCES post (id),
  key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
  text     text NOT NULL CHECK (length(text) <= 1000),
  state    text NOT NULL CHECK (state IN ('waiting', 'accepted', 'removed', 'withdrawn')),
  since    timestamptz NOT NULL CHECK (extract(epoch FROM since)::bigint % 3600 = 0),
  due      timestamptz CHECK (extract(epoch FROM due)::bigint % 600 = 0),
  flags    jsonb NOT NULL DEFAULT '[]',
  author   bytea CHECK (length(author) <= 40000),
  report_key bytea NOT NULL CHECK (length(report_key) = 32),
  CHECK (state <> 'accepted' OR due IS NOT NULL)
);
CREATE INDEX post_comment_post ON post_comment (post, due) WHERE state = 'accepted';
CREATE INDEX post_comment_waiting ON post_comment (since) WHERE state = 'waiting';
CREATE INDEX post_comment_key ON post_comment (key_hash);
CREATE INDEX post_comment_author ON post_comment (since) WHERE author IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (text, state, since, due, flags, author) ON post_comment TO fanlight_app;

-- What readers have to be told about posts they may have read.
CREATE TABLE post_change (
  id    text PRIMARY KEY,
  post  text NOT NULL REFERENCES post (id),
  kind  text NOT NULL CHECK (kind IN ('corrected', 'resolved', 'removed', 'verified', 'joined')),
  day   date NOT NULL,
  text  text NOT NULL CHECK (length(text) <= 1000),
  rule  text,
  about text
);
CREATE INDEX post_change_day ON post_change (day);
CREATE INDEX post_change_post ON post_change (post);
GRANT SELECT, INSERT, DELETE ON post_change TO fanlight_app;

-- `who`: a hash of the reporter's account under the post's own key, so that one counts once; it goes when the report is decided.
CREATE TABLE post_report (
  id     text PRIMARY KEY,
  kind   text NOT NULL CHECK (kind IN ('post', 'comment')),
  of     text NOT NULL,
  rule   text NOT NULL,
  text   text NOT NULL CHECK (length(text) <= 1000),
  outside boolean NOT NULL,
  who    bytea CHECK (length(who) = 32),
  since  timestamptz NOT NULL CHECK (extract(epoch FROM since)::bigint % 3600 = 0),
  state  text NOT NULL CHECK (state IN ('waiting', 'removed', 'stands')),
  reason text,
  decided date
);
CREATE UNIQUE INDEX post_report_who ON post_report (of, who) WHERE who IS NOT NULL;
CREATE INDEX post_report_open ON post_report (since) WHERE state = 'waiting';
CREATE INDEX post_report_of ON post_report (of);
GRANT SELECT, INSERT, UPDATE (text, who, state, reason, decided) ON post_report TO fanlight_app;

CREATE TABLE post_appeal (
  of      text PRIMARY KEY,
  kind    text NOT NULL CHECK (kind IN ('post', 'comment')),
  text    text NOT NULL CHECK (length(text) <= 1000),
  since   timestamptz NOT NULL CHECK (extract(epoch FROM since)::bigint % 3600 = 0),
  state   text NOT NULL CHECK (state IN ('waiting', 'upheld', 'overturned')),
  reason  text
);
CREATE INDEX post_appeal_open ON post_appeal (since) WHERE state = 'waiting';
GRANT SELECT, INSERT, UPDATE (state, reason) ON post_appeal TO fanlight_app;

-- Each act of a moderator, with its entry in the record.
CREATE TABLE moderation (
  id     text PRIMARY KEY,
  n      bigint NOT NULL UNIQUE,                     -- the order in which they were done
  kind   text NOT NULL CHECK (kind IN ('post', 'comment', 'account')),
  of     text NOT NULL,
  act    text NOT NULL CHECK (act IN ('show', 'remove', 'confirm', 'join', 'uphold', 'overturn', 'author', 'bar', 'bar-end')),
  rule   text,
  reason text NOT NULL CHECK (length(reason) <= 500),
  by_whom text NOT NULL REFERENCES account (id),
  day    date NOT NULL,
  took   text CHECK (took IN ('24', 'later')),
  leaf   text NOT NULL UNIQUE REFERENCES leaf (id)
);
CREATE INDEX moderation_of ON moderation (of);
CREATE INDEX moderation_day ON moderation (day);
GRANT SELECT, INSERT ON moderation TO fanlight_app;

CREATE TABLE post_bar (
  id      text PRIMARY KEY,
  account text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  until   date NOT NULL,
  rule    text NOT NULL,
  reason  text NOT NULL CHECK (length(reason) <= 500),
  made    date NOT NULL,
  ended   date
);
CREATE INDEX post_bar_account ON post_bar (account);
GRANT SELECT, INSERT, UPDATE (ended) ON post_bar TO fanlight_app;

-- What a month had, for the public numbers: what was posted is not counted from rows that people may take back.
CREATE TABLE post_count (
  month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
  what  text NOT NULL CHECK (what IN ('posts', 'comments', 'reports', 'appeals', 'held')),
  many  integer NOT NULL CHECK (many >= 0),
  PRIMARY KEY (month, what)
);
GRANT SELECT, INSERT, UPDATE (many) ON post_count TO fanlight_app;

CREATE TABLE post_counted (
  month text PRIMARY KEY,
  leaf  text NOT NULL UNIQUE REFERENCES leaf (id)
);
GRANT SELECT, INSERT ON post_counted TO fanlight_app;
