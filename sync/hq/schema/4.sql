-- SPDX-License-Identifier: GPL-3.0-or-later
-- What HQ decides on what it holds.

-- What became of what could not be taken: `accepted` or `refused`, by whom and when; NULL while nobody has looked.
ALTER TABLE quarantine ADD COLUMN settled TEXT;
ALTER TABLE quarantine ADD COLUMN settled_at INTEGER;
ALTER TABLE quarantine ADD COLUMN settled_by TEXT;

-- What was changed in the lists, by the version that it made; who did it stands in the access log, under the same instant.
-- keys: a JSON array of the first entries' keys. The setting `brought_lists` holds the project's own lists that were
-- brought last, so that what HQ did to them since is known. Before this schema HQ could change nothing.
CREATE TABLE list_changes (
  version INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  list TEXT NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  retired INTEGER NOT NULL,
  restored INTEGER NOT NULL,
  keys TEXT NOT NULL
) STRICT;
INSERT INTO settings SELECT 'brought_lists', body FROM lists ORDER BY version DESC LIMIT 1;
