-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the figures are counted from: kept in the transaction that takes a line, and made anew by `rebuild`.

CREATE INDEX records_by_time ON records (time);

-- Which devices brought a line: also those that sent again what another had brought first.
CREATE INDEX notes_by_line ON notes (line);

-- What is counted: a figure, and the code that it is of, or the empty text.
CREATE TABLE counted (
  n INTEGER PRIMARY KEY,
  figure TEXT NOT NULL,
  code TEXT NOT NULL,
  UNIQUE (figure, code)
) STRICT;

-- Counts by day (span 0), week (1, from Monday on) and month (2) of Europe/Paris. start: its first day, counted from
-- 1970-01-01. hour: of client flow, the hour of the day, or of the week from Monday 0 h on; else -1.
-- counts: pairs of a number of `counted` and a count, each in 7 bits a byte, the lowest first (LEB128).
CREATE TABLE cells (
  span INTEGER NOT NULL,
  start INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  place TEXT NOT NULL,
  channel TEXT NOT NULL,
  team TEXT NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (span, start, hour, place, channel, team)
) STRICT, WITHOUT ROWID;

-- What does not add up in client flow, but where the highest counts.
CREATE TABLE peaks (
  line INTEGER NOT NULL,
  code TEXT NOT NULL,
  day INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  place TEXT NOT NULL,
  team TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (line, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX peaks_by_day ON peaks (day, code, place, team, count);

-- Shifts that count, and the latest record of each: a forgotten one ends with that.
CREATE TABLE shifts (
  line INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  mediators INTEGER NOT NULL,
  place TEXT NOT NULL,
  channel TEXT NOT NULL,
  team TEXT NOT NULL
) STRICT;
CREATE INDEX shifts_by_time ON shifts (began);
CREATE TABLE shift_ends (
  shift TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Referrals that count. status: the one that HQ received or set last. channel: of the contact that they came out of.
CREATE TABLE referrals (
  line INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  time INTEGER NOT NULL,
  contact TEXT,
  status TEXT NOT NULL,
  due TEXT,
  theme TEXT,
  structure TEXT,
  structure_type TEXT,
  reference TEXT,
  place TEXT NOT NULL,
  channel TEXT NOT NULL,
  team TEXT NOT NULL
) STRICT;
CREATE INDEX referrals_by_time ON referrals (time);
CREATE INDEX referrals_by_id ON referrals (id);
CREATE INDEX referrals_by_contact ON referrals (contact);
CREATE INDEX referrals_by_reference ON referrals (reference);

-- HQ's own word on a referral, each that was ever said. after: the last line of the journal before it.
CREATE TABLE referral_words (
  n INTEGER PRIMARY KEY,
  referral TEXT NOT NULL,
  status TEXT NOT NULL,
  after INTEGER NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL
) STRICT;
CREATE INDEX referral_words_by_referral ON referral_words (referral, n);

-- People who sign in to the console. password: crypto_pwhash_str()'s text (Argon2id). teams: a JSON array of the names of
-- a manager's teams.
CREATE TABLE accounts (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  teams TEXT NOT NULL DEFAULT '[]',
  password TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;

-- Who is signed in; of the token only its SHA-256.
CREATE TABLE sessions (
  token BLOB PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts,
  began_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
