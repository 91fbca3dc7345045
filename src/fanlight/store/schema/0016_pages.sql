-- Room: accounts. On which pages a passkey counts: null for the server's own, else those that `fanlight app` shows on the
-- person's own machine. A passkey is asked for on no other page, so that no other program there gets in by it.

ALTER TABLE passkey ADD COLUMN page text CHECK (page ~ '^http://localhost:[1-9][0-9]{0,4}$');
