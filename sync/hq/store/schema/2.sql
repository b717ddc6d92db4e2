-- SPDX-License-Identifier: GPL-3.0-or-later
-- Keys that people hold, tablets that are revoked and wiped, and the access log.

-- The public sealing key that is in use, KEYID.BASE64, is the setting `seal_key`: a store that was used with
-- a key never starts with another in silence.

-- name: the first three characters of the code and when it was made, which people tell it by.
ALTER TABLE codes ADD COLUMN name TEXT NOT NULL DEFAULT '';

-- code: the name of the code by which the device was enrolled. What HQ ordered, and what the device answered.
ALTER TABLE devices ADD COLUMN code TEXT;
ALTER TABLE devices ADD COLUMN wipe_ordered_at INTEGER;
ALTER TABLE devices ADD COLUMN pin_reset_at INTEGER;
ALTER TABLE devices ADD COLUMN released_at INTEGER;
ALTER TABLE devices ADD COLUMN released_why TEXT;

-- The access log: who did what to which record or tablet, when and why. Append-only; entries go after
-- twelve months (CNIL, délibération 2021-122: six months to a year).
CREATE TABLE log (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  why TEXT
) STRICT;
CREATE INDEX log_by_time ON log (at);
CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE (ABORT, 'the access log is append-only'); END;
CREATE TRIGGER log_is_kept_twelve_months BEFORE DELETE ON log
WHEN OLD.at >= unixepoch ('now', '-12 months') * 1000000
BEGIN SELECT RAISE (ABORT, 'the access log is kept for twelve months'); END;
