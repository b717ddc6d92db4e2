-- SPDX-License-Identifier: GPL-3.0-or-later
-- HQ's store. Times are microseconds since 1970-01-01 UTC.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every version of the lists that a line may name.
CREATE TABLE lists (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

-- Tablets; token and codes are kept as their SHA-256 alone. pending, oldest and skew (the
-- device's clock less HQ's) are what its last call said; held and high_seq count its notes.
CREATE TABLE devices (
  n INTEGER PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  install_id TEXT NOT NULL,
  token BLOB NOT NULL UNIQUE,
  forked_from INTEGER REFERENCES devices,
  enrolled_at INTEGER NOT NULL,
  revoked_at INTEGER,
  last_seen INTEGER,
  pending INTEGER NOT NULL DEFAULT 0,
  oldest INTEGER,
  skew INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  high_seq INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE codes (
  code BLOB PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  device INTEGER REFERENCES devices
) STRICT, WITHOUT ROWID;

-- The journal: each line that was taken, as it came, for good. What stands below "derived" is
-- made from it and can be made again.
CREATE TABLE journal (
  n INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  skew INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (id, rev)
) STRICT;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;

-- Which line of the journal a device brought under which seq.
CREATE TABLE notes (
  device INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

-- What could not be taken, identical bytes of a device once.
CREATE TABLE quarantine (
  n INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  seq INTEGER,
  id TEXT,
  rev INTEGER,
  problem TEXT NOT NULL,
  detail TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (device, sha256)
) STRICT;

-- Batch ids of the last 30 days.
CREATE TABLE batches (
  device INTEGER NOT NULL,
  batch TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (device, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX batches_by_time ON batches (received_at);

CREATE TABLE news (
  n INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX news_by_device ON news (device, n);

-- Derived: each record's present state, by the line of the journal that holds it. time is its
-- instant for the figures; is_known: whether this program can read it.
CREATE TABLE records (
  line INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  time INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  is_known INTEGER NOT NULL,
  has_private INTEGER NOT NULL
) STRICT;
