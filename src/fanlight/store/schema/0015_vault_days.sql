-- Room: vault. A household that has clips older than the usual 14 days loses none by an upgrade: they stay up to a year,
-- until an owner chooses.

ALTER TABLE vault_setting NO FORCE ROW LEVEL SECURITY;
INSERT INTO vault_setting (household, keep_days)
  SELECT household, 365 FROM clip WHERE NOT marked GROUP BY household HAVING min(day) < current_date - 14
  ON CONFLICT DO NOTHING;
ALTER TABLE vault_setting FORCE ROW LEVEL SECURITY;
