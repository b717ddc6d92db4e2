-- SPDX-License-Identifier: GPL-3.0-or-later
-- A tablet's store as version 2 of its schema made it, with something in every table.
PRAGMA user_version = 2;
PRAGMA journal_mode = WAL;
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE lists (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
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
  bytes BLOB NOT NULL, sha256 BLOB,
  UNIQUE (id, rev)
) STRICT;
CREATE INDEX lines_by_state ON lines (state, seq);
CREATE INDEX lines_by_time ON lines (time, seq) WHERE is_latest;
CREATE TABLE notes (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  is_lost INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE news (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
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

INSERT INTO settings VALUES
  ('device_id', '2b6f0cc9-0a5f-4d2c-9a55-0d3a4b3f8f10'),
  ('epoch', '8f14e45f-ceea-467f-a0e6-1d5b7a2c9e33'),
  ('last_count', '1'),
  ('last_receipt', '1795540330000000'),
  ('last_seq', '40'),
  ('shift', '{"id":"019ab6f2-ba00-7000-8000-000000000001","channel":"bureau_poste","place":"12945A","start":1795540320000000,"by":"m-17"}');
INSERT INTO lists VALUES
  (9, '{"version":9,"vocabulary":{"theme":[{"code":"sante","label_fr":"Santé","label_en":"Health"}]},"places":[],"structures":[],"needs":[],"mediators":[],"campaigns":[]}');
INSERT INTO lines VALUES
  (41, '019ab6f2-ba00-7000-8000-000000000001', 1, 'shift', 1795540320000000, 0, 1, 1, 1795540320000001, 1795540330000000, NULL, NULL,
   CAST ('{"v":1,"seq":41,"id":"019ab6f2-ba00-7000-8000-000000000001","rev":1,"type":"shift","at":"2026-11-24T18:12:00.000+01:00","by":"m-17","place":"12945A","lists":1,"data":{"channel":"bureau_poste"}}' AS BLOB), NULL),
  (42, '019ab6f2-ba01-7000-8000-000000000002', 1, 'contact', 1795540321000000, 0, 0, 2, 1795540321000001, 1795540330000000, 'unknown-code', 'public: martien is not in the list public',
   CAST ('{"v":1,"seq":42,"id":"019ab6f2-ba01-7000-8000-000000000002","rev":1,"type":"contact","at":"2026-11-24T18:12:01.000+01:00","lists":1,"data":{"channel":"bureau_poste","register":"presence_active","public":"martien","people":1}}' AS BLOB),
   x'6212dc44a86ef1efa1ad81e14567b19cf3b8add42e11fdc5177f15796cc8653d'),
  (43, '019ab6f2-ba01-7000-8000-000000000002', 2, 'contact', 1795540321000000, 1, 1, 0, 1795540340000001, NULL, NULL, NULL,
   CAST ('{"v":1,"seq":43,"id":"019ab6f2-ba01-7000-8000-000000000002","rev":2,"type":"contact","at":"2026-11-24T18:12:01.000+01:00","lists":1,"deleted":true,"private":null}' AS BLOB),
   x'12d036cd17d6f36be055cf00f4573e8ea3385dce9cb03e8c61f29b9df6fb6811');
INSERT INTO notes VALUES
  (39, '019ab6f2-b900-7000-8000-000000000003', 1, x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 1),
  (41, '019ab6f2-ba00-7000-8000-000000000001', 1, x'703ffb70dd7d451a8d98cc815a8df53682cfd118a00d550e2ac6aeef18105358', 0);
INSERT INTO news VALUES
  ('n-1', 'message', 1795540335000000, '{"id":"n-1","kind":"message","at":"2026-11-24T18:12:15+01:00","text":"Bonjour"}');
INSERT INTO flow_slots VALUES
  ('12945A', 1795539600000000, '019ab6f2-ba02-7000-8000-000000000004', '019ab6f2-ba00-7000-8000-000000000001', 'm-17', 1);
INSERT INTO flow_counts VALUES
  ('12945A', 1795539600000000, 'entres', 12),
  ('12945A', 1795539600000000, 'file_max', 4);
