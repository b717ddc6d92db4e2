/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-carry.h"

/* What HQ decided itself, which no tablet sends again: read from the store whose place a backup takes, and written into
 * the backup's, each row with its columns in their order. What was accepted from quarantine is looked at again: its line has
 * to come again first.
 * is_trusted: taken from a store alone that is not damaged, as what is wrong in it would keep people or tablets out. */
static const struct
{
  gboolean is_trusted;
  const char *read;
  const char *write;
} tables[] = {
  { FALSE, "SELECT name, closed_at FROM accounts WHERE closed_at IS NOT NULL",
    "UPDATE accounts SET closed_at = IFNULL (closed_at, ?2) WHERE name = ?1" },
  { TRUE, "SELECT name, role, teams, password, made_at, closed_at FROM accounts",
    "INSERT INTO accounts (name, role, teams, password, made_at, closed_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name)"
    " DO UPDATE SET role = excluded.role, teams = excluded.teams, password = excluded.password, closed_at = excluded.closed_at" },
  { TRUE, "SELECT version, body FROM lists WHERE json_valid (body)", "INSERT OR IGNORE INTO lists VALUES (?, ?)" },
  { TRUE, "SELECT version, at, list, added, changed, retired, restored, keys FROM list_changes",
    "INSERT OR IGNORE INTO list_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
  { TRUE, "SELECT name, value FROM settings WHERE name IN ('own_lists', 'brought_lists', 'letterhead')",
    "INSERT OR REPLACE INTO settings VALUES (?, ?)" },
  { FALSE, "SELECT referral, status, rev, at, who FROM referral_words ORDER BY n",
    "INSERT INTO referral_words (referral, status, rev, at, who) SELECT ?1, ?2, ?3, ?4, ?5"
    " WHERE NOT EXISTS (SELECT 1 FROM referral_words WHERE referral = ?1 AND status = ?2 AND at = ?4)" },
  { FALSE, "SELECT device_id, id, kind, body FROM news JOIN devices ON devices.n = device"
           " WHERE kind IN ('referral', 'correction', 'message') ORDER BY news.n",
    "INSERT OR IGNORE INTO news (device, id, kind, body) SELECT n, ?2, ?3, ?4 FROM devices WHERE device_id = ?1" },
  { FALSE, "SELECT device_id, sha256, settled_at, settled_by FROM quarantine JOIN devices ON devices.n = device"
           " WHERE settled = 'refused'",
    "UPDATE quarantine SET settled = 'refused', settled_at = ?3, settled_by = ?4"
    " WHERE settled IS NULL AND sha256 = ?2 AND device = (SELECT n FROM devices WHERE device_id = ?1)" },
  { FALSE, "SELECT one, other, settled, at, who FROM twins_settled",
    "INSERT INTO twins_settled VALUES (?, ?, ?, ?, ?) ON CONFLICT (one, other) DO UPDATE SET settled = excluded.settled,"
    " at = excluded.at, who = excluded.who WHERE settled = 'asked'" },
};

static gboolean
write_row (AltmSql *to, const char *write, AltmRows *row, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) written = altm_sql_query (to, &problem, write, "");

  for (int i = 0; problem == NULL && i < sqlite3_column_count (row); i++)
    sqlite3_bind_value (written, i + 1, sqlite3_column_value (row, i));
  if (problem == NULL)
    altm_sql_step (to, written, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
carry_table (AltmSql *from, AltmSql *to, const char *read, const char *write, GError **error)
{
  g_autoptr(GError) unread = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (from, &unread, read, "");

  while (unread == NULL && altm_sql_step (from, rows, &unread))
    if (!write_row (to, write, rows, error))
      return FALSE;
  return TRUE;
}

/* As the word on it would have been taken into account when its line came. */
static gboolean
set_statuses (AltmSql *to, GError **error)
{
  return altm_sql_run (to, error,
                       "UPDATE referrals SET status = IFNULL ((SELECT word.status FROM referral_words AS word"
                       "  WHERE word.referral = referrals.id AND word.rev >= (SELECT rev FROM journal WHERE n = line)"
                       "  ORDER BY word.n DESC LIMIT 1), status)",
                       "");
}

/**
 * altm_hq_carry:
 * @from: (nullable): the store whose place another takes; what can't be read of it is left out
 * @to: the one that takes its place, in a transaction
 *
 * Takes over what HQ decided itself and @to does not know: accounts, lists, its words on referrals and what it told
 * tablets of, what it refused for good, which likely twins are two, what stands on papers. Whoever is signed in by the backup has to sign in again.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR of @to
 */
gboolean
altm_hq_carry (AltmSql *from, AltmSql *to, GError **error)
{
  gboolean is_sound = from != NULL && altm_sql_verify_soon (from, NULL);

  for (gsize i = 0; from != NULL && i < G_N_ELEMENTS (tables); i++)
    if ((is_sound || !tables[i].is_trusted) && !carry_table (from, to, tables[i].read, tables[i].write, error))
      return FALSE;
  return altm_sql_run (to, error, "DELETE FROM sessions", "") && set_statuses (to, error);
}
