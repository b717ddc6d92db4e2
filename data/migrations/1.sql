-- SPDX-License-Identifier: GPL-3.0-or-later
-- The tablet's store. Times are microseconds since 1970-01-01 UTC.

-- What the tablet knows about itself and HQ, by name (data/altm-store.h lists the names).
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- HQ's lists, the latest version alone.
CREATE TABLE lists (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

-- The outbox and the journal in one: each revision's frozen bytes and what became of it.
-- state: 0 queued, 1 acknowledged, 2 quarantined (reason: a problem's name; detail: HQ's words).
-- is_latest: 1 for the highest revision of its record.
CREATE TABLE lines (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  type TEXT NOT NULL,
  time INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  is_latest INTEGER NOT NULL,
  state INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  settled_at INTEGER,
  reason TEXT,
  detail TEXT,
  bytes BLOB NOT NULL,
  UNIQUE (id, rev)
) STRICT;
CREATE INDEX lines_by_state ON lines (state, seq);
CREATE INDEX lines_by_time ON lines (time, seq) WHERE is_latest;

-- What HQ said it holds of this device, for good; is_lost: HQ lost it and its bytes are gone here.
CREATE TABLE notes (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  is_lost INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What HQ told this tablet, once each; body is the item as it came.
CREATE TABLE news (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- Client flow as it is counted; a slot is queued as one record, whose totals these are.
-- is_dirty: counted since it was queued last.
CREATE TABLE flow_slots (
  office TEXT NOT NULL,
  slot INTEGER NOT NULL,
  id TEXT NOT NULL,
  shift TEXT,
  by TEXT,
  is_dirty INTEGER NOT NULL,
  PRIMARY KEY (office, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE flow_counts (
  office TEXT NOT NULL,
  slot INTEGER NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  PRIMARY KEY (office, slot, code)
) STRICT, WITHOUT ROWID;
