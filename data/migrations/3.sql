-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a mediator may read again of a line's private text: sealed to the tablet's own keys (data/altm-copies.h), NULL where
-- there was nothing, or no lock.
ALTER TABLE lines ADD COLUMN copy BLOB;

-- Forms as they were left, one each; private is sealed as a copy is, NULL where there is nothing, or no lock.
CREATE TABLE drafts (
  form TEXT PRIMARY KEY,
  id TEXT,
  updated_at INTEGER NOT NULL,
  data TEXT NOT NULL,
  private BLOB
) STRICT;
