-- Room: evidence. Who gave a copy proves it by a secret of that copy's own; here is its hash. From which home it came
-- stands nowhere still.

ALTER TABLE disclosure ADD COLUMN withdraw_sha256 text;
