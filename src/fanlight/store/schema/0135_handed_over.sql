-- What was removed under the rule of law (N-9) is handed to whom the law names: an act of a moderator like the others.
ALTER TABLE moderation DROP CONSTRAINT moderation_act_check;
ALTER TABLE moderation ADD CONSTRAINT moderation_act_check
  CHECK (act IN ('show', 'remove', 'confirm', 'join', 'uphold', 'overturn', 'author', 'bar', 'bar-end', 'handed-over'));
