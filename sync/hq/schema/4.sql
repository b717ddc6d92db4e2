-- SPDX-License-Identifier: GPL-3.0-or-later
-- What HQ decides on what it holds.

-- What became of what could not be taken: `accepted` or `refused`, by whom and when; NULL while nobody has looked.
ALTER TABLE quarantine ADD COLUMN settled TEXT;
ALTER TABLE quarantine ADD COLUMN settled_at INTEGER;
ALTER TABLE quarantine ADD COLUMN settled_by TEXT;
