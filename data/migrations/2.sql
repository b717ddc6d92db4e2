-- SPDX-License-Identifier: GPL-3.0-or-later
-- A queued line's bytes say nothing of a bit that flipped in them: their SHA-256 as they were
-- frozen, NULL for lines of before.
ALTER TABLE lines ADD COLUMN sha256 BLOB;
