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

-- What was erased, for good, so that what is sent again or put back does not bring it back. scope: `private`, the sealed
-- part alone, or `record`, all but what names the line. who: a person, `purge`, or `altm-field-hq`, by the list beside the
-- store. n: in the order in which it was done.
CREATE TABLE erasures (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  scope TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  why TEXT,
  UNIQUE (id, scope)
) STRICT;
CREATE TRIGGER erasures_are_never_changed BEFORE UPDATE ON erasures
BEGIN SELECT RAISE (ABORT, 'what was erased stays erased'); END;
CREATE TRIGGER erasures_are_never_shortened BEFORE DELETE ON erasures
BEGIN SELECT RAISE (ABORT, 'what was erased stays erased'); END;

-- The SHA-256 of what an erasure left of a line; `sha256` stays that of the line as it came.
ALTER TABLE journal ADD COLUMN left_sha256 BLOB;

-- A line of the journal is changed into what an erasure leaves of it, and into nothing else: without its sealed part, or
-- as a withdrawal that says nothing else. Of two erasures of a record, `record` counts (it comes last in the alphabet).
DROP TRIGGER journal_is_never_changed;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
WHEN NOT (NEW.n IS OLD.n AND NEW.device IS OLD.device AND NEW.id IS OLD.id AND NEW.rev IS OLD.rev
  AND NEW.received_at IS OLD.received_at AND NEW.skew IS OLD.skew AND NEW.sha256 IS OLD.sha256
  AND NEW.left_sha256 IS NOT NULL AND NEW.bytes IS CASE (SELECT MAX (scope) FROM erasures WHERE id = OLD.id)
    WHEN 'private' THEN CAST (json_remove (CAST (OLD.bytes AS TEXT),
      (SELECT fullkey FROM json_each (CAST (OLD.bytes AS TEXT)) WHERE key = 'private')) AS BLOB)
    WHEN 'record' THEN CAST (json_set ((SELECT json_group_object (key, value) FROM json_each (CAST (OLD.bytes AS TEXT))
      WHERE key IN ('seq', 'id', 'rev', 'type', 'at', 'shift')), '$.deleted', json ('true')) AS BLOB)
  END)
BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;

-- HQ's word counts against the revisions that HQ had when it was said: lines have other numbers in a store that was restored.
-- rev: the highest of them.
ALTER TABLE referral_words ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;
UPDATE referral_words SET rev = IFNULL ((SELECT MAX (rev) FROM journal WHERE id = referral AND journal.n <= after), 0);
ALTER TABLE referral_words DROP COLUMN after;

-- Programs that ask for figures or records by themselves (/api/v1). token: its SHA-256. scope: `figures` or `records`.
-- teams: a JSON array of the names of those whose records it tells of, empty for all. A token is good until ends_at, or until
-- it is revoked. used_at: about when it was used last.
CREATE TABLE tokens (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  token BLOB NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  teams TEXT NOT NULL DEFAULT '[]',
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  used_at INTEGER,
  revoked_at INTEGER
) STRICT;

-- For retention: which lines of the journal have a sealed part, also where a later revision removed or replaced it.
CREATE TABLE sealed (
  line INTEGER PRIMARY KEY
) STRICT;
INSERT INTO sealed SELECT n FROM journal WHERE CASE WHEN json_valid (CAST (bytes AS TEXT))
  THEN json_extract (CAST (bytes AS TEXT), '$.private') IS NOT NULL END;

-- quarantine.settled is `asked` too: the tablet was asked for a correction. Looked up by record, and by bytes.
CREATE INDEX quarantine_by_id ON quarantine (id, rev);
CREATE INDEX quarantine_by_sha256 ON quarantine (sha256);

-- What each stands at: as it was settled; `corrected` where a higher revision of the record came, `taken` where these very
-- bytes did, which HQ then took; else `waiting`. The same bytes that another tablet brought later (a fork) are left out.
-- A later revision does not settle a conflict: what it says may be in neither.
CREATE VIEW quarantined AS
SELECT n, device, received_at, id, rev, problem, detail, sha256, bytes, settled_at, settled_by,
  CASE
    WHEN settled IN ('accepted', 'refused') THEN settled
    WHEN EXISTS (SELECT 1 FROM journal WHERE journal.id = quarantine.id AND journal.rev = quarantine.rev
                 AND journal.sha256 = quarantine.sha256) THEN 'taken'
    WHEN problem <> 'conflict' AND EXISTS (SELECT 1 FROM journal WHERE journal.id = quarantine.id
                                           AND journal.rev > quarantine.rev) THEN 'corrected'
    ELSE IFNULL (settled, 'waiting')
  END AS state
FROM quarantine
WHERE NOT EXISTS (SELECT 1 FROM quarantine AS other WHERE other.sha256 = quarantine.sha256 AND other.n < quarantine.n);

-- Interventions that count and have a place, by what makes two of them alike. minute: counted from 1970-01-01 UTC. themes:
-- the codes in the alphabet's order. source: the device's number and the mediator. is_alike: whether another source has one
-- with the same minute, place, people and themes.
CREATE TABLE meetings (
  minute INTEGER NOT NULL,
  place TEXT NOT NULL,
  people INTEGER NOT NULL,
  themes TEXT NOT NULL,
  source TEXT NOT NULL,
  line INTEGER NOT NULL,
  is_alike INTEGER NOT NULL,
  PRIMARY KEY (minute, place, people, themes, source, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX meetings_alike ON meetings (minute) WHERE is_alike = 1;
-- What an older program counted has none of them: all is counted anew.
DELETE FROM settings WHERE name = 'counted';

-- What HQ said of two that are alike. one, other: the records' ids, in their order. settled: `real`, both are, which stands
-- for good; or `asked`, a tablet was asked to withdraw one.
CREATE TABLE twins_settled (
  one TEXT NOT NULL,
  other TEXT NOT NULL,
  settled TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- Likely twins, but for those that are two for good; `one` came first. Those that are alike alone are gone through (CROSS JOIN
-- keeps the order).
CREATE VIEW twins AS
SELECT mine.minute, first.id AS one, second.id AS other, first.device AS one_device, second.device AS other_device,
  first.bytes AS one_bytes, second.bytes AS other_bytes, IFNULL (settled, 'waiting') AS state, at AS settled_at, who AS settled_by
FROM meetings AS mine INDEXED BY meetings_alike
CROSS JOIN meetings AS theirs ON theirs.minute = mine.minute AND theirs.place = mine.place AND theirs.people = mine.people
  AND theirs.themes = mine.themes AND theirs.source <> mine.source AND theirs.line > mine.line
CROSS JOIN journal AS first ON first.n = mine.line
CROSS JOIN journal AS second ON second.n = theirs.line
LEFT JOIN twins_settled ON twins_settled.one = MIN (first.id, second.id) AND twins_settled.other = MAX (first.id, second.id)
WHERE mine.is_alike = 1 AND IFNULL (settled, '') <> 'real';
